import type { Client } from '../client/types.ts';
import { BonafideError } from '../errors.ts';
import type { Dispute } from '../models/dispute.ts';
import type { Job } from '../models/job.ts';
import { formatUsdc, parseUsdc } from '../models/money.ts';
import { storeContent } from './content.ts';
import type { RoleStepper } from './follow-jobs.ts';
import type { Deliverable, JobTask } from './types.ts';

type Disputes = (task: JobTask) => Promise<Deliverable | undefined>;
type Answers = (task: JobTask, dispute: Dispute) => Promise<Deliverable | undefined>;

/** Opens a dispute with the evidence that the agent gives; without evidence there is none. */
export function disputeStep(client: Client, disputes: Disputes): RoleStepper {
  return async (task) => {
    const evidence = await disputes(task);
    if (evidence === undefined) return false;
    const { job, signal } = task;
    const { cid, digest } = await storeContent(client, evidence, { signal });
    await client.disputes.open(
      { jobId: job.jobId, bondUsdc: bondOf(job), evidenceHash: digest, evidenceUri: cid },
      { signal },
    );
    return true;
  };
}

/** Answers a dispute with the evidence that the agent gives; without evidence it stays unanswered. */
export function answerStep(client: Client, answers: Answers): RoleStepper {
  return async (task) => {
    const { job, signal } = task;
    const dispute = await client.disputes.get({ jobId: job.jobId }, { signal });
    const evidence = await answers(task, dispute);
    if (evidence === undefined) return false;
    const { cid, digest } = await storeContent(client, evidence, { signal });
    await client.disputes.answer(
      { jobId: job.jobId, bondUsdc: dispute.bondUsdc, evidenceHash: digest, evidenceUri: cid },
      { signal },
    );
    return true;
  };
}

const MIN_BOND = 100_000n;

/** The bond that the terms of a job set, as the contract computes it. */
export function bondOf({ jobId, amountUsdc, rules }: Pick<Job, 'jobId' | 'amountUsdc' | 'rules'>): string {
  const bondBps = rules?.disputes?.bondBps;
  if (bondBps === undefined) throw new BonafideError('CONFLICT', `Job ${jobId} has no disputes.`);
  const share = (parseUsdc(amountUsdc) * BigInt(bondBps)) / 10_000n;
  return formatUsdc(share > MIN_BOND ? share : MIN_BOND);
}
