import type { z } from 'zod';
import type { Job, jobRole, nextAction } from '../models/job.ts';

type JobRole = z.infer<typeof jobRole>;
type NextAction = z.infer<typeof nextAction>;

/** The role an address has in a job; undefined for a stranger. */
export function roleOf(job: Job, address: string): JobRole | undefined {
  const isSame = (other: string | undefined): boolean => other?.toLowerCase() === address.toLowerCase();
  if (isSame(job.client)) return 'client';
  if (isSame(job.provider)) return 'provider';
  return isSame(job.validator) ? 'validator' : undefined;
}

/** What this role may call now, from status, role and clock alone; an empty list means: wait, or it is over. */
export function nextActions(job: Job, role: JobRole | undefined, now: Date): NextAction[] {
  if (isOver(job)) return [];
  const isExpired = now >= new Date(job.expiresAt);
  if (isExpired) return job.status === 'open' ? [] : [refund];
  return [...stepsOf(job, role, now)];
}

const isOver = ({ status }: Job): boolean =>
  status === 'completed' || status === 'rejected' || status === 'expired';

const refund: NextAction = {
  operation: 'jobs.refund',
  reason: 'The job expired; its budget goes back to the client.',
};

function* stepsOf(job: Job, role: JobRole | undefined, now: Date): Generator<NextAction> {
  const isDeliverable = job.submitBy !== undefined && now <= new Date(job.submitBy);
  const until = job.submitBy === undefined ? {} : { by: job.submitBy };
  if (job.status === 'open' && isDeliverable) {
    if (role === 'provider' && !job.isAccepted) {
      yield { operation: 'jobs.accept', reason: 'The terms wait for your signature.', ...until };
    }
    if (role === 'client' && job.isAccepted) {
      yield {
        operation: 'jobs.fund',
        reason: 'The provider signed; the work starts when the budget is locked.',
        ...until,
      };
    }
  }
  if (job.status === 'funded' && role === 'provider' && isDeliverable) {
    yield { operation: 'jobs.submit', reason: 'The budget is locked; deliver the work.', ...until };
  }
  if (job.status !== 'submitted') return;
  if (job.score !== undefined)
    yield { operation: 'jobs.settle', reason: 'The score is in; anyone may settle.', by: job.expiresAt };
  else if (role === 'validator') {
    yield { operation: 'jobs.validate', reason: 'The delivery waits for your score.', by: job.expiresAt };
  }
}
