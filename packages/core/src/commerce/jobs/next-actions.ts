import type { Dispute } from '../../models/dispute.ts';
import { hasEnded, type Job, type JobRole, type NextAction } from '../../models/job.ts';
import type { JobConsent } from '../../models/terms.ts';
import { isSameAddress } from '../same-address.ts';
import { disputeSteps } from './next-dispute-actions.ts';

/** All that decides what may be done with a job. */
export interface Situation {
  readonly job: Job;
  /** Of this job, if it has one. */
  readonly dispute?: Dispute | undefined;
  /** The job of the milestone before, where there is one. */
  readonly previous?: Pick<Job, 'status'> | undefined;
  /** Signed changes that wait for the other party. */
  readonly consents?: readonly JobConsent[] | undefined;
}

/** Who asks, and when. Without a role: what anyone may do. */
export interface Asking {
  readonly role?: JobRole | undefined;
  /** Leaves out what this wallet has done already. */
  readonly wallet?: string | undefined;
  readonly now: Date;
}

/** What the steps of one situation see. */
export interface Scene extends Situation, Asking {
  /** Whether a time has come; a time that is not set never comes. */
  readonly isPast: (time: string | undefined) => boolean;
}

/** The role an address has in a job; undefined for a stranger. */
export function roleOf({ job, dispute }: Situation, address: string): JobRole | undefined {
  const isOneOf = (accounts: readonly (string | undefined)[] = []): boolean =>
    accounts.some((each) => each !== undefined && isSameAddress(each, address));
  if (isOneOf([job.client])) return 'client';
  if (isOneOf([job.provider])) return 'provider';
  if (isOneOf(job.rules?.validators)) return 'validator';
  if (isOneOf(job.rules?.disputes?.revalidators)) return 'revalidator';
  return isOneOf([dispute?.arbitrator]) ? 'arbitrator' : undefined;
}

/** What this role may call now, from the situation and the clock alone; an empty list means: wait, or it is over. */
export function nextActions(situation: Situation, asking: Asking): NextAction[] {
  const { now } = asking;
  const isPast = (time: string | undefined): boolean => time !== undefined && now >= new Date(time);
  const scene: Scene = { ...situation, ...asking, isPast };
  return [...stepsOf(scene)];
}

/** The next time at which the answer of `nextActions` changes for somebody though nobody acts; undefined: never. */
export function nextChange({ job, dispute }: Situation, now: Date): string | undefined {
  if (hasEnded(job)) return undefined;
  const { submitBy, validateBy, expiresAt } = job;
  const judging =
    job.status === 'submitted' ? [validateBy, silenceEndOf(job), job.disputeBy, dispute?.deadline] : [];
  const times = [job.status === 'submitted' ? undefined : submitBy, expiresAt, ...judging];
  return times
    .filter((time) => time !== undefined && new Date(time) > now)
    .sort((one, other) => Date.parse(one ?? '') - Date.parse(other ?? ''))
    .at(0);
}

type Steps = Generator<NextAction>;

function* stepsOf(scene: Scene): Steps {
  const { job, dispute, isPast } = scene;
  if (hasEnded(job)) {
    if (dispute && dispute.stage !== 'closed')
      yield {
        operation: 'disputes.finalize',
        reason: 'The job ended without the dispute; both bonds go back.',
      };
    return;
  }
  if (isPast(job.expiresAt)) {
    if (job.status !== 'open')
      yield { operation: 'jobs.refund', reason: 'The job expired; its budget goes back to the client.' };
    return;
  }
  if (job.status === 'open') yield* openSteps(scene);
  if (job.status === 'funded') yield* fundedSteps(scene);
  if (job.status === 'submitted') {
    if (job.isDisputed) yield* disputeSteps(scene);
    else yield* submittedSteps(scene);
  }
  yield* consentSteps(scene);
}

function* openSteps({ job, previous, role, isPast }: Scene): Steps {
  const { submitBy, isAccepted, previousJobId } = job;
  if (submitBy === undefined || isPast(submitBy)) return;
  if (role === 'provider' && !isAccepted) {
    yield { operation: 'jobs.accept', reason: 'The terms wait for your signature.', by: submitBy };
  }
  if (role === 'provider') {
    yield { operation: 'jobs.decline', reason: 'Refuse it, so that the client knows.', by: submitBy };
  }
  const isDue = previousJobId === undefined || previous === undefined || previous.status === 'completed';
  if (role === 'client' && isAccepted && isDue) {
    const reason = 'The provider signed; the work starts when the budget is locked.';
    yield { operation: 'jobs.fund', reason, by: submitBy };
  }
}

function* fundedSteps({ job, role, isPast }: Scene): Steps {
  const { submitBy } = job;
  if (submitBy === undefined) return;
  if (isPast(submitBy)) {
    yield { operation: 'jobs.settle', reason: 'Nothing was delivered in time; the client is refunded.' };
  } else if (role === 'provider')
    yield { operation: 'jobs.submit', reason: 'The budget is locked; deliver the work.', by: submitBy };
}

function* submittedSteps(scene: Scene): Steps {
  const { job, isPast } = scene;
  if (hasFailed(job)) {
    yield* outcomeSteps(scene, { share: 0, until: job.disputeBy, what: 'The validators failed the work' });
  } else if (isPast(job.validateBy)) {
    const share = job.rules?.silencePercent ?? 0;
    const until = silenceEndOf(job);
    yield* outcomeSteps(scene, { share, until, what: 'The validators did not decide in time' });
  } else yield* validatorSteps(scene);
}

function* validatorSteps({ job, role, wallet }: Scene): Steps {
  const hasScored = job.scores.some(
    ({ validator }) => wallet !== undefined && isSameAddress(validator, wallet),
  );
  if (role !== 'validator' || hasScored) return;
  const by = job.validateBy === undefined ? {} : { by: job.validateBy };
  yield { operation: 'jobs.validate', reason: 'The delivery waits for your score.', ...by };
}

interface Outcome {
  /** The provider's percentage, as it stands. */
  readonly share: number;
  /** Until when it can be disputed; undefined: not at all. */
  readonly until: string | undefined;
  readonly what: string;
}

function* outcomeSteps({ job, role, isPast }: Scene, { share, until, what }: Outcome): Steps {
  if (until === undefined || isPast(until)) {
    const reason = `${what}; settling gives the provider ${share} percent. Anyone may do it.`;
    yield { operation: 'jobs.settle', reason, by: job.expiresAt };
    return;
  }
  const isLoser = (role === 'provider' && share < 100) || (role === 'client' && share > 0);
  if (!isLoser) return;
  const reason = `${what}, so the provider would get ${share} percent. Open a dispute if that is wrong.`;
  yield { operation: 'disputes.open', reason, by: until };
}

/** Whether so many validators failed the work that it cannot pass any more. */
function hasFailed({ rules, scores }: Job): boolean {
  if (!rules) return false;
  const fails = scores.filter(({ hasPassed }) => !hasPassed).length;
  return fails + rules.requiredPasses > rules.validators.length;
}

/** When a job whose validators stay silent can be settled. */
function silenceEndOf({ rules, validateBy, disputeBy }: Job): string | undefined {
  if (!rules?.disputes || validateBy === undefined) return validateBy;
  const end = Date.parse(validateBy) + rules.disputes.windowSeconds * 1000;
  return disputeBy ?? new Date(end).toISOString();
}

function* consentSteps({ job, role, consents = [], isPast }: Scene): Steps {
  if (role !== 'client' && role !== 'provider') return;
  for (const consent of consents) {
    const isClients = isSameAddress(consent.signer, job.client);
    if (isClients === (role === 'client') || isPast(consent.validUntil)) continue;
    const by = consent.validUntil;
    if (consent.kind === 'extension') {
      const until = `${consent.submitBy === undefined ? '' : `delivery until ${consent.submitBy}, `}expiry at ${consent.expiresAt}`;
      const reason = `The other party signed later deadlines (${until}); the same call of yours makes them so.`;
      yield { operation: 'jobs.extend', reason, by };
    } else if (job.status !== 'open') {
      const reason = `The other party signed to end the job with ${consent.providerAmountUsdc} USDC for the provider; the same call of yours does it.`;
      yield { operation: 'jobs.cancel', reason, by };
    }
  }
}
