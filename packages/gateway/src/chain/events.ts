import type { JsonObject } from '../json.ts';
import type { Transaction } from '../ledger.ts';
import { judgesOf } from './apply.ts';
import type { ChainLog, EventName } from './contract-log.ts';
import { type Subject, type SubjectKind, subjectsOf } from './subjects.ts';

/** The types under which logs are streamed. */
const streamed: Readonly<Partial<Record<EventName, string>>> = {
  JobCreated: 'job.created',
  TermsAccepted: 'job.accepted',
  JobFunded: 'job.funded',
  JobSubmitted: 'job.submitted',
  Validated: 'job.validated',
  ValidationFailed: 'job.failed',
  JobExtended: 'job.extended',
  JobCompleted: 'job.completed',
  JobRejected: 'job.rejected',
  JobDeclined: 'job.declined',
  JobCancelled: 'job.cancelled',
  JobExpired: 'job.expired',
  DisputeOpened: 'dispute.opened',
  DisputeAnswered: 'dispute.answered',
  EvidenceAdded: 'dispute.evidence-added',
  Revalidated: 'dispute.revalidated',
  RevalidationDecided: 'dispute.revalidation-decided',
  DisputeEscalated: 'dispute.escalated',
  EntropyCaptured: 'dispute.entropy-captured',
  ArbitratorAssigned: 'dispute.arbitrator-assigned',
  ArbitratorMissed: 'dispute.arbitrator-missed',
  Ruled: 'dispute.ruled',
  DisputeClosed: 'dispute.closed',
  BondsReleased: 'dispute.bonds-released',
  ArbitratorJoined: 'arbitrator.joined',
  StakeAdded: 'arbitrator.stake-added',
  LeaveRequested: 'arbitrator.leaving',
  LeaveWithdrawn: 'arbitrator.staying',
  ArbitratorLeft: 'arbitrator.left',
  ArbitratorSlashed: 'arbitrator.slashed',
  TemplateCreated: 'template.created',
  TemplateUpdated: 'template.updated',
  TemplateActivated: 'template.activated',
  TemplateTransferred: 'template.transferred',
  Paused: 'protocol.paused',
  Unpaused: 'protocol.unpaused',
  PlatformFeeSet: 'protocol.fee-set',
  ReserveWithdrawn: 'protocol.reserve-withdrawn',
};

/** What only the history of a job tells. */
const recorded: Readonly<Partial<Record<EventName, string>>> = {
  JobDetails: 'job.detailed',
  DeliverableSubmitted: 'job.delivered',
  SubmissionExtended: 'job.submission-extended',
  Settled: 'job.settled',
  PaymentReleased: 'job.paid',
  Refunded: 'job.refunded',
  PlatformFeePaid: 'job.platform-fee-paid',
  TemplateFeePaid: 'job.template-fee-paid',
  EvaluatorFeePaid: 'job.evaluator-fee-paid',
  ValidatorPaid: 'job.validator-paid',
  PayoutDeferred: 'job.payout-deferred',
  FeedbackWritten: 'job.feedback-written',
  BondReturned: 'dispute.bond-returned',
  BondForfeited: 'dispute.bond-forfeited',
  JudgePaid: 'dispute.judge-paid',
};

/** What changes an open job after its creation, price and terms above all. */
const updates: ReadonlySet<EventName> = new Set(['ProviderSet', 'BudgetSet', 'TermsProposed', 'TermsVoided']);

/** What followers are told when logs of a thing were undone. */
const reverted: Readonly<Record<SubjectKind, string>> = {
  job: 'job.reverted',
  arbitrator: 'arbitrator.reverted',
  template: 'template.reverted',
  clock: 'protocol.reverted',
  protocol: 'protocol.reverted',
};

/** What a log is called in the history of its job. */
export function historyTypeOf(name: EventName): string | undefined {
  return updates.has(name) ? 'job.updated' : (streamed[name] ?? recorded[name]);
}

/** Streams what happened in one transaction, each type once for each thing. */
export function recordEvents(tx: Transaction, logs: readonly ChainLog[]): void {
  const created = new Set(
    logs.flatMap((log) => (log.eventName === 'JobCreated' ? String(log.args.jobId) : [])),
  );
  const events = new Map<
    string,
    { readonly type: string; readonly subject: Subject; readonly log: ChainLog }
  >();
  for (const log of logs) {
    const [subject] = subjectsOf(log);
    if (!subject) continue;
    const isPartOfCreation = updates.has(log.eventName) && created.has(subject.id);
    const type = updates.has(log.eventName) ? 'job.updated' : streamed[log.eventName];
    if (type && !isPartOfCreation) events.set(`${type} ${subject.id}`, { type, subject, log });
  }
  for (const { type, subject, log } of events.values()) {
    // The thing as the whole transaction left it: terms and price of a job come in later logs than its creation.
    tx.event({ type, subject: subjectIdOf(subject), data: { ...dataOf(tx, subject), ...placeOf(log) } });
  }
}

/** Tells followers what to read again after a reorganisation. */
export function recordReversal(
  tx: Transaction,
  { subject, blockNumber }: { readonly subject: Subject; readonly blockNumber: number },
): void {
  const type = reverted[subject.kind];
  const data = { validUpToBlock: String(blockNumber), status: null, ...dataOf(tx, subject) };
  const id = subject.kind === 'job' ? { jobId: subject.id } : {};
  tx.event({ type, subject: subjectIdOf(subject), data: { ...id, ...data } });
}

/** A clock and a protocol there is one of. */
function subjectIdOf({ kind, id }: Subject): string {
  return id === '' ? kind : id;
}

function placeOf({ blockNumber, blockHash, transactionHash, logIndex }: ChainLog): JsonObject {
  return { blockNumber: String(blockNumber), blockHash, transactionHash, logIndex };
}

/** Ids, parties and numbers as strings. No text of strangers: who wants it reads the thing. */
function dataOf(tx: Transaction, { kind, id }: Subject): JsonObject {
  switch (kind) {
    case 'job':
      return jobData(tx, id);
    case 'arbitrator': {
      const found = tx.tables.arbitrators.get(id)?.arbitrator;
      return found ? { address: found.address, status: found.status, stakeUsdc: found.stakeUsdc } : {};
    }
    case 'template': {
      const found = tx.tables.templates.get(Number(id))?.template;
      if (!found) return {};
      const { templateId, creator, feeBps, isActive } = found;
      return { templateId, creator, feeBps, isActive };
    }
    default:
      return {};
  }
}

function jobData({ tables }: Transaction, jobId: string): JsonObject {
  const job = tables.jobs.get(jobId);
  const dispute = tables.disputes.get(jobId);
  if (!job) return {};
  const { chainId, status, client, provider, amountUsdc, isAccepted, isDisputed, score, resolution } =
    job.job;
  return {
    ...{ jobId, chainId, status, client, provider, judges: judgesOf({ job, dispute }) },
    ...{ amountUsdc, isAccepted, isDisputed },
    ...(score !== undefined && { score }),
    ...(resolution !== undefined && { resolution }),
    ...(dispute && { stage: dispute.dispute.stage, percent: dispute.dispute.percent }),
  };
}
