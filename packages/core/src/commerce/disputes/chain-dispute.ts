import { agenticCommerceAbi, disputesAbi } from '@bonafide/contracts';
import { type Hex, zeroHash } from 'viem';
import type { LocalContext } from '../../client/local-handlers.ts';
import { BonafideError } from '../../errors.ts';
import type { DisputeStage } from '../../models/dispute.ts';
import { hasEnded } from '../../models/job.ts';
import { toTime } from '../../models/unix-time.ts';
import { type ChainJob, readJob } from '../chain-job.ts';
import { reading } from '../reading.ts';
import { conflict } from '../refusals.ts';

// Order of the contract's enum.
const STAGES = [
  'none',
  'revalidation',
  'appealable',
  'evidence',
  'ruling',
  'closed',
] as const satisfies readonly (DisputeStage | 'none')[];

/** The side of a job that a wallet speaks for. */
export type Side = 'client' | 'provider';

/** A job and its dispute as the chain itself has them now, whatever a gateway says. */
export interface ChainDispute {
  readonly job: ChainJob;
  readonly stage: (typeof STAGES)[number];
  /** Unix seconds. */
  readonly deadline: number;
  /** The deadline of this stage has passed. */
  readonly isOver: boolean;
  /** The clock of the kernel, which stands still while it is paused, and how long it has. */
  readonly clock: number;
  readonly pausedSeconds: number;
  readonly opener: Hex;
  readonly openedBy: Side;
  readonly isAnswered: boolean;
  readonly respondent: Hex;
  /** The provider's share as it stands. */
  readonly percent: number;
  readonly bond: bigint;
  readonly isEscalated: boolean;
  /** The block that draws the arbitrators is recorded. */
  readonly isSeeded: boolean;
  readonly anchorBlock: bigint;
  readonly arbitrator: Hex;
  /** Bit i: re-validator i has scored. */
  readonly voted: number;
}

/** A dispute that is there. */
export type OpenedDispute = ChainDispute & { readonly stage: DisputeStage };

/** Reads a job and its dispute, of stage `none` when there is none; throws NOT_FOUND when there is no such job. */
export async function readDispute(context: LocalContext, jobId: string): Promise<ChainDispute> {
  const job = await readJob(context, jobId);
  const { node, deployment } = job.chain;
  const kernel = { address: deployment.agenticCommerce, abi: agenticCommerceAbi } as const;
  const disputes = { address: deployment.disputes, abi: disputesAbi } as const;
  const [dispute, clock, pausedSeconds] = await reading('the dispute', () =>
    Promise.all([
      node.readContract({ ...disputes, functionName: 'getDispute', args: [job.jobId] }),
      node.readContract({ ...kernel, functionName: 'clock' }),
      node.readContract({ ...kernel, functionName: 'pausedSeconds' }),
    ]),
  );
  const { deadline, opener, respondent, percent, bond, anchorBlock, arbitrator, voted } = dispute;
  return {
    ...{ job, clock, pausedSeconds, opener, respondent, percent, bond, anchorBlock, arbitrator, voted },
    stage: stageOf(dispute.stage),
    deadline: deadline + pausedSeconds,
    isOver: clock >= deadline,
    openedBy: dispute.openerIsProvider ? 'provider' : 'client',
    isAnswered: dispute.answered,
    isEscalated: dispute.escalatedAt !== 0,
    isSeeded: dispute.entropy !== zeroHash,
  };
}

/** Reads the dispute of a job; throws NOT_FOUND when it has none. */
export async function requireDispute(context: LocalContext, jobId: string): Promise<OpenedDispute> {
  const dispute = await readDispute(context, jobId);
  if (isOpened(dispute)) return dispute;
  throw new BonafideError('NOT_FOUND', `Job ${jobId} has no dispute.`);
}

const isOpened = (dispute: ChainDispute): dispute is OpenedDispute => dispute.stage !== 'none';

function stageOf(index: number): (typeof STAGES)[number] {
  const stage = STAGES[index];
  if (stage) return stage;
  throw new BonafideError('INTERNAL', 'The contracts report a stage that this version does not know.');
}

/** Throws CONFLICT unless the dispute is at one of these stages, of a job that has not ended without it. */
export function requireStage({ job, stage }: ChainDispute, stages: readonly DisputeStage[]): void {
  if (stage !== 'closed' && hasEnded(job)) {
    const message = `Job ${job.jobId} is ${job.status}; disputes.finalize returns the bonds of its dispute.`;
    throw conflict(message, { reason: 'ENDED', status: job.status });
  }
  if (stages.some((each) => each === stage)) return;
  const message = `The dispute of job ${job.jobId} is at stage ${stage}; this needs ${stages.join(' or ')}.`;
  throw conflict(message, { reason: 'STAGE', stage });
}

/** Throws CONFLICT when the deadline of the stage has passed. */
export function requireRunning({ job, stage, isOver, deadline }: ChainDispute): void {
  if (!isOver) return;
  const until = toTime(deadline);
  throw conflict(`Stage ${stage} of the dispute of job ${job.jobId} ended at ${until}.`, {
    reason: 'OVER',
    until,
  });
}

/** Throws CONFLICT while the stage has time left. */
export function requireOver({ job, stage, isOver, deadline }: ChainDispute): void {
  if (isOver) return;
  const until = toTime(deadline);
  throw conflict(`Stage ${stage} of the dispute of job ${job.jobId} has time until ${until}.`, {
    reason: 'RUNNING',
    until,
  });
}
