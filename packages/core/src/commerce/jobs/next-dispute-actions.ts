import type { Dispute } from '../../models/dispute.ts';
import type { JobRole, NextAction } from '../../models/job.ts';
import type { DisputeRules } from '../../models/terms.ts';
import { isSameAddress } from '../same-address.ts';
import type { Scene } from './next-actions.ts';

type Steps = Generator<NextAction>;

// As in the disputes contract: what must lie between the last window and the expiry, and how many may miss theirs.
const MARGIN_MS = 600_000;
const MAX_ASSIGNMENTS = 3;

interface DisputeScene extends Scene {
  readonly dispute: Dispute;
  readonly rules: DisputeRules;
}

/** What may be done in a dispute that runs. */
export function* disputeSteps(scene: Scene): Steps {
  const { job, dispute } = scene;
  const rules = job.rules?.disputes;
  if (!dispute || !rules) return;
  const seen: DisputeScene = { ...scene, dispute, rules };
  if (dispute.stage === 'revalidation') yield* revalidationSteps(seen);
  if (dispute.stage === 'appealable') yield* appealableSteps(seen);
  if (dispute.stage === 'evidence') yield* evidenceSteps(seen);
  if (dispute.stage === 'ruling') yield* rulingSteps(seen);
}

function* revalidationSteps(scene: DisputeScene): Steps {
  const { dispute, role, wallet, isPast } = scene;
  if (isPast(dispute.deadline)) {
    const reason = 'The re-validators did not decide in time; anyone may go on to an arbitrator.';
    if (hasTimeForTier(scene)) yield { operation: 'disputes.escalate', reason };
    else yield finalize('There is no time left for an arbitrator; the default share applies.');
    return;
  }
  const hasScored = dispute.revalidations.some(
    ({ validator }) => wallet !== undefined && isSameAddress(validator, wallet),
  );
  if (role === 'revalidator' && !hasScored) {
    yield {
      operation: 'disputes.revalidate',
      reason: 'The disputed work waits for your score.',
      ...by(dispute),
    };
  }
  yield* partySteps(scene);
}

function* appealableSteps(scene: DisputeScene): Steps {
  const { dispute, role, isPast } = scene;
  if (isPast(dispute.deadline)) {
    yield finalize(`Nobody went on; the provider gets ${dispute.percent} percent. Anyone may do it.`);
    return;
  }
  const loser: JobRole = dispute.percent === 0 ? 'provider' : 'client';
  const hasBond = dispute.openedBy === loser || dispute.isAnswered;
  if (role === loser && hasBond && hasTimeForTier(scene)) {
    const reason = `The re-validators gave the provider ${dispute.percent} percent. Go on to an arbitrator if that is wrong.`;
    yield { operation: 'disputes.escalate', reason, ...by(dispute) };
  }
  yield* partySteps(scene);
}

function* evidenceSteps(scene: DisputeScene): Steps {
  const { dispute, isPast } = scene;
  if (isPast(dispute.deadline)) {
    yield* assignmentSteps(scene, 'The time for evidence is over');
    return;
  }
  if (!dispute.isSeeded) {
    const reason =
      'Record the block that draws the arbitrator while the chain still knows its hash. Anyone may do it.';
    yield { operation: 'disputes.escalate', reason };
  }
  yield* partySteps(scene);
}

function* rulingSteps(scene: DisputeScene): Steps {
  const { dispute, role, isPast } = scene;
  if (isPast(dispute.deadline)) {
    yield* assignmentSteps(scene, 'The arbitrator missed its time');
  } else if (role === 'arbitrator') {
    const reason = 'Both sides were heard; divide the budget. A missed deadline costs a part of your stake.';
    yield { operation: 'disputes.rule', reason, ...by(dispute) };
  }
}

/** Who is eligible only the chain knows, so the second step is offered beside the first. */
function* assignmentSteps(scene: DisputeScene, what: string): Steps {
  const { dispute, rules } = scene;
  if (dispute.assignments < MAX_ASSIGNMENTS && hasTime(scene, rules.rulingSeconds)) {
    yield { operation: 'disputes.assignArbitrator', reason: `${what}; the next arbitrator can be assigned.` };
  }
  yield finalize(`${what}; where no arbitrator can be assigned any more, the default share applies.`);
}

/** What the two sides may add, as long as no arbitrator is assigned. */
function* partySteps({ dispute, role }: DisputeScene): Steps {
  if (role !== 'client' && role !== 'provider') return;
  if (!dispute.isAnswered && role !== dispute.openedBy) {
    const reason =
      'Post the same bond and be heard; without it you win nothing of the bond of the other side.';
    yield { operation: 'disputes.answer', reason, ...by(dispute) };
  }
  yield { operation: 'disputes.addEvidence', reason: 'Evidence is still taken.', ...by(dispute) };
}

const by = ({ deadline }: Dispute): { by?: string } => (deadline === undefined ? {} : { by: deadline });

const finalize = (reason: string): NextAction => ({ operation: 'disputes.finalize', reason });

function hasTime({ job, now }: DisputeScene, seconds: number): boolean {
  return now.getTime() + seconds * 1000 + MARGIN_MS <= Date.parse(job.expiresAt);
}

const hasTimeForTier = (scene: DisputeScene): boolean =>
  hasTime(scene, scene.rules.evidenceSeconds + scene.rules.rulingSeconds);
