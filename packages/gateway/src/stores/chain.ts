import type { Job, RelayedTransaction } from '@bonafide/core/models';

/** A block of which this gateway has indexed everything up to and including it. */
export interface IndexedBlock {
  readonly number: number;
  readonly hash: string;
}

/** A decoded log of a job, JSON-safe: what a job is now is the fold of its logs in order. */
export interface StoredJobLog {
  readonly jobId: string;
  readonly blockNumber: number;
  readonly blockHash: string;
  readonly logIndex: number;
  /** The log as JSON. */
  readonly log: string;
}

export interface JobLogTable {
  /** False when this log of this block was there already. */
  insert(log: StoredJobLog): boolean;
  /** Oldest first. */
  listOfJob(jobId: string): StoredJobLog[];
  /** Jobs with a log in a block above `blockNumber`. */
  listJobIdsAbove(blockNumber: number): string[];
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

export interface StoredJob {
  readonly job: Job;
  /** Rises with the place of its creation on the chain: the order of lists, and their cursor. */
  readonly position: number;
}

export interface JobQuery {
  readonly status?: Job['status'] | undefined;
  readonly client?: string | undefined;
  readonly provider?: string | undefined;
  readonly validator?: string | undefined;
}

/** Jobs are public: they have no workspace. */
export interface JobTable {
  put(job: StoredJob): void;
  remove(jobId: string): void;
  get(jobId: string): StoredJob | undefined;
  /** Newest first, older than `before`; addresses in any case. */
  list(query: JobQuery, page: { readonly before?: number | undefined; readonly limit: number }): StoredJob[];
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
  readonly jobLogs: JobLogTable;
  readonly jobs: JobTable;
  readonly relayed: RelayTable;
}
