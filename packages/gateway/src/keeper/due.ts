import { type Dispute, hasEnded, type Job } from '@bonafide/core/models';
import { toSeconds } from '../chain/clock.ts';
import type { DueCall } from '../stores/keeper.ts';

type Due = Omit<DueCall, 'jobId'>;

/** For what is due as soon as it is known. */
const AT_ONCE = 0;

/**
 * What anybody may call for a job as the index has it, now or later. The times are the earliest at which a call can
 * succeed; whether it does is for the contract to say, so calls that exclude each other are all there.
 */
export function dueCallsOf(job: Job, dispute: Dispute | undefined): Due[] {
  const isDisputing = dispute !== undefined && dispute.stage !== 'closed';
  if (hasEnded(job)) return isDisputing ? [{ kind: 'releaseBonds', dueAt: AT_ONCE }] : [];
  if (job.status === 'open') return [];
  const refund: Due = { kind: 'claimRefund', dueAt: toSeconds(job.expiresAt) };
  if (isDisputing) return [...callsOfDispute(dispute), refund];
  const settleAt = settlementOf(job);
  return settleAt === undefined ? [refund] : [{ kind: 'settle', dueAt: settleAt }, refund];
}

/** When a job can be settled: when nothing can be delivered any more, or when the side that loses can no longer dispute. */
function settlementOf({ status, submitBy, disputeBy, validateBy, rules }: Job): number | undefined {
  if (status === 'funded') return submitBy === undefined ? undefined : toSeconds(submitBy) + 1;
  if (status !== 'submitted') return undefined;
  if (disputeBy !== undefined) return toSeconds(disputeBy);
  if (validateBy === undefined) return undefined;
  return toSeconds(validateBy) + (rules?.disputes?.windowSeconds ?? 0);
}

function callsOfDispute({ stage, deadline, isSeeded }: Dispute): Due[] {
  const dueAt = deadline === undefined ? AT_ONCE : toSeconds(deadline);
  switch (stage) {
    case 'revalidation':
      return [{ kind: 'escalate', dueAt }];
    case 'appealable':
      return [{ kind: 'finalize', dueAt }];
    case 'evidence':
    case 'ruling':
      return [
        ...(isSeeded ? [] : [{ kind: 'captureEntropy', dueAt: AT_ONCE } as const]),
        { kind: 'assignArbitrator', dueAt },
        { kind: 'finalize', dueAt },
      ];
    case 'closed':
      return [];
  }
}
