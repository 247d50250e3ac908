import type {
  Arbitrator,
  ChainFeedback,
  Dispute,
  Job,
  JobConsent,
  JobTemplate,
  RelayedTransaction,
} from '@bonafide/core/models';

/** A block of which this gateway has indexed everything up to and including it. */
export interface IndexedBlock {
  readonly number: number;
  readonly hash: string;
  /** RFC 3339. */
  readonly time: string;
}

/** A log as JSON: every read model is the fold of the logs of its subjects in order. */
export interface StoredLog {
  readonly blockNumber: number;
  readonly logIndex: number;
  /** Such as `job:12`. */
  readonly subjects: readonly string[];
  /** UTC day of the block, `YYYY-MM-DD`. */
  readonly day: string;
  readonly log: string;
}

export interface LogPlace {
  readonly blockNumber: number;
  readonly logIndex: number;
}

export interface ChainLogTable {
  /** False when the log was there already. */
  insert(log: StoredLog): boolean;
  /** Oldest first, those after a place; the JSON of each. */
  listOf(subject: string, page?: { readonly after?: LogPlace | undefined; readonly limit: number }): string[];
  /** In blocks above `blockNumber`, oldest first. */
  listAbove(blockNumber: number): Pick<StoredLog, 'day' | 'log'>[];
  /** Subjects with a log in a block above `blockNumber`. */
  listSubjectsAbove(blockNumber: number): string[];
  removeAbove(blockNumber: number): void;
}

/** The blocks indexed last, newest first; the newest is the cursor, the oldest of all is kept. */
export interface IndexedBlockTable {
  insert(block: IndexedBlock): void;
  getNewest(): IndexedBlock | undefined;
  /** At or below `number`. */
  getAtOrBelow(number: number): IndexedBlock | undefined;
  removeAbove(number: number): void;
  /** Keeps the newest `count` and the first. */
  prune(count: number): void;
  /** Which contracts were indexed; the index of others is worth nothing. */
  getSource(): string | undefined;
  setSource(source: string): void;
}

/** Seconds on the wall; `endedAt` may be to come. */
export interface Pause {
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface PauseTable {
  put(pause: Pause): void;
  clear(): void;
  /** Oldest first. */
  list(): Pause[];
}

/** A job with all that its fold needs; its deadlines are readings of the kernel's clock. */
export interface StoredJob {
  readonly job: Job;
  /** Rises with the place of its creation on the chain: the order of lists, and their cursor. */
  readonly position: number;
  /** Accounts behind each side, in lower case: parties, payees and owners of the agents that they named. */
  readonly accounts: { readonly client: readonly string[]; readonly provider: readonly string[] };
  readonly feedback: readonly ChainFeedback[];
}

export interface JobQuery {
  readonly status?: Job['status'] | undefined;
  readonly client?: string | undefined;
  readonly provider?: string | undefined;
  /** Validator, re-validator or arbitrator. */
  readonly judge?: string | undefined;
  readonly templateId?: number | undefined;
  readonly isDisputed?: boolean | undefined;
  readonly createdAfter?: string | undefined;
  readonly createdBefore?: string | undefined;
}

export interface PositionPage {
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Jobs are public: they have no workspace. */
export interface JobTable {
  /** With everybody who judges it or its dispute. */
  put(job: StoredJob, judges: readonly string[]): void;
  remove(jobId: string): void;
  get(jobId: string): StoredJob | undefined;
  /** Newest first, older than `before`; addresses in any case. */
  list(query: JobQuery, page: PositionPage): StoredJob[];
}

/** A dispute; its deadline is a reading of the kernel's clock. */
export interface StoredDispute {
  readonly dispute: Dispute;
  readonly position: number;
  readonly client: string;
  readonly provider: string;
}

export interface DisputeQuery {
  readonly stage?: Dispute['stage'] | undefined;
  readonly party?: string | undefined;
  readonly arbitrator?: string | undefined;
}

export interface DisputeTable {
  put(dispute: StoredDispute): void;
  remove(jobId: string): void;
  get(jobId: string): StoredDispute | undefined;
  list(query: DisputeQuery, page: PositionPage): StoredDispute[];
  /** How many wait for the ruling of this arbitrator. */
  getOpenCountOf(arbitrator: string): number;
}

/** `leaveFrom` is a reading of the kernel's clock; open disputes are counted when it is shown. */
export interface StoredArbitrator {
  readonly arbitrator: Omit<Arbitrator, 'openDisputes'>;
  readonly position: number;
}

export interface ArbitratorTable {
  put(arbitrator: StoredArbitrator): void;
  remove(address: string): void;
  get(address: string): StoredArbitrator | undefined;
  list(query: { readonly status?: Arbitrator['status'] | undefined }, page: PositionPage): StoredArbitrator[];
  /** The stakes of all who have not left, decimal USDC. */
  listStakes(): string[];
}

export interface StoredTemplate {
  readonly template: JobTemplate;
  /** False for rules that no court accepts: kept for its fold, and shown to nobody. */
  readonly isUsable: boolean;
}

export interface TemplateQuery {
  readonly creator?: string | undefined;
  readonly isActive?: boolean | undefined;
}

export interface TemplateTable {
  put(template: StoredTemplate): void;
  remove(templateId: number): void;
  get(templateId: number): StoredTemplate | undefined;
  /** Usable ones, newest first, with ids below `before`. */
  list(query: TemplateQuery, page: PositionPage): StoredTemplate[];
  getCount(): number;
}

/** What settled jobs say of one identity in one role; self-dealt ones apart. */
export interface FeedbackSummary {
  readonly settled: number;
  readonly completed: number;
  readonly rejected: number;
  readonly selfDealt: number;
  readonly average: number | undefined;
  /** By amount. */
  readonly weightedAverage: number | undefined;
}

export interface StoredFeedback {
  readonly feedback: ChainFeedback;
  readonly position: number;
  readonly isCompleted: boolean;
}

export interface ChainFeedbackTable {
  /** In place of what was there of this job. */
  replaceOfJob(jobId: string, feedback: readonly StoredFeedback[]): void;
  getSummary(chainAgentId: string, about: ChainFeedback['about']): FeedbackSummary;
  /** Newest first. */
  list(chainAgentId: string, page: PositionPage): StoredFeedback[];
}

/** Counts, and sums in units as decimal strings. */
export interface DayFigures {
  readonly created: number;
  readonly funded: number;
  readonly completed: number;
  readonly rejected: number;
  readonly expired: number;
  readonly disputed: number;
  readonly fundedUnits: string;
  readonly paidUnits: string;
  readonly refundedUnits: string;
  readonly feesUnits: string;
}

export interface StoredDay {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly figures: DayFigures;
}

export interface DayTable {
  put(day: StoredDay): void;
  get(day: string): StoredDay | undefined;
  /** Oldest first, both ends included. */
  list(range: { readonly from?: string | undefined; readonly to?: string | undefined }): StoredDay[];
  remove(day: string): void;
  clear(): void;
}

export interface ConsentTable {
  /** In place of the signer's earlier one of this kind. */
  put(consent: JobConsent): void;
  /** Valid at `now`. */
  listOfJob(jobId: string, now: string): JobConsent[];
  removeOfJob(jobId: string): void;
  prune(now: string): void;
}

export interface StoredTransaction extends RelayedTransaction {
  readonly workspace: string;
  readonly agentId: string;
  readonly nonce: number;
  /** The bytes to broadcast again; never another transaction. */
  readonly signedTransaction: string;
}

/** How a relayed transaction ended. */
export interface TransactionOutcome
  extends Pick<RelayedTransaction, 'transactionHash' | 'blockNumber' | 'revert' | 'updatedAt'> {
  readonly status: 'included' | 'reverted';
}

export interface RelayTable {
  /** False when the hash was there already, in whatever workspace. */
  insert(transaction: StoredTransaction): boolean;
  /** In any workspace; the caller decides whether it may be seen. */
  getAnywhere(transactionHash: string): StoredTransaction | undefined;
  /** Oldest first, those after `after`. */
  listUnknown(page: {
    readonly after?: StoredTransaction | undefined;
    readonly limit: number;
  }): StoredTransaction[];
  /** The highest block that holds a transaction of this agent. */
  getNewestBlockOf(agentId: string): number | undefined;
  /** Ends an unknown one; false when it had ended already. */
  finish(outcome: TransactionOutcome): boolean;
  /** Takes back a transaction that the node refused for good. */
  remove(transactionHash: string): void;
  /** Makes those above a block unknown again after a reorganisation. */
  reopenAbove(blockNumber: number, updatedAt: string): void;
}

/** What the chain part of the gateway keeps. */
export interface ChainTables {
  readonly indexedBlocks: IndexedBlockTable;
  readonly chainLogs: ChainLogTable;
  readonly pauses: PauseTable;
  readonly jobs: JobTable;
  readonly disputes: DisputeTable;
  readonly arbitrators: ArbitratorTable;
  readonly templates: TemplateTable;
  readonly chainFeedback: ChainFeedbackTable;
  readonly days: DayTable;
  readonly consents: ConsentTable;
  readonly relayed: RelayTable;
}
