import type { Client } from '../client/types.ts';
import { ValidationError } from '../errors.ts';
import type { Job } from '../models/job.ts';
import { storeContent } from './content.ts';
import { followJobs, openJobs, type RoleStepper } from './follow-jobs.ts';
import type { Deliverable, JobTask, Judge, RoleOptions, RunningRole, Score } from './types.ts';

interface Judging {
  readonly client: Client;
  readonly address: string;
}

/** The loop of a validator: scores each delivery once, and again as a re-validator where the terms say so. */
export function validate({ client, address }: Judging, score: Score, options: RoleOptions): RunningRole {
  const judged = async (task: JobTask) => {
    const { score: points, evidence } = readVerdict(await score(task));
    const { job, signal } = task;
    const { cid, digest } = await storeContent(client, evidence ?? defaultEvidence(task, points), { signal });
    return { jobId: job.jobId, score: points, evidenceHash: digest, evidenceUri: cid };
  };
  const first: RoleStepper = async (task) => {
    await client.jobs.validate(await judged(task), { signal: task.signal });
    return true;
  };
  const again: RoleStepper = async (task) => {
    await client.disputes.revalidate(await judged(task), { signal: task.signal });
    return true;
  };
  return followJobs(
    {
      client,
      address,
      rolesIn: ({ rules }) => rolesIn(rules, address),
      list: () => openJobs(client, { validator: address }),
      steps: { 'jobs.validate': first, 'disputes.revalidate': again },
    },
    options,
  );
}

function rolesIn(rules: Job['rules'], address: string): ('validator' | 'revalidator')[] {
  const isOneOf = (judges: readonly string[] = []): boolean =>
    judges.some((judge) => judge.toLowerCase() === address.toLowerCase());
  return [
    ...(isOneOf(rules?.validators) ? (['validator'] as const) : []),
    ...(isOneOf(rules?.disputes?.revalidators) ? (['revalidator'] as const) : []),
  ];
}

/** The loop of an arbitrator: rules each dispute that is assigned to it. */
export function arbitrate({ client, address }: Judging, judge: Judge, options: RoleOptions): RunningRole {
  const rule: RoleStepper = async (task) => {
    const { job, signal } = task;
    const dispute = await client.disputes.get({ jobId: job.jobId }, { signal });
    const { percent, rationale } = await judge(task, dispute);
    const { cid, digest } = await storeContent(client, rationale, { signal });
    await client.disputes.rule(
      { jobId: job.jobId, percent, rationaleHash: digest, rationaleUri: cid },
      { signal },
    );
    return true;
  };
  return followJobs(
    {
      client,
      address,
      rolesIn: () => ['arbitrator'],
      list: () => assigned(client, address),
      steps: { 'disputes.rule': rule },
    },
    options,
  );
}

async function* assigned(client: Client, arbitrator: string): AsyncGenerator<string> {
  let cursor: string | undefined;
  do {
    const page = await client.disputes.list({ arbitrator, stage: 'ruling', limit: 100, cursor });
    for (const { jobId } of page.items) yield jobId;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

function readVerdict(verdict: Awaited<ReturnType<Score>>): {
  readonly score: number;
  readonly evidence?: Deliverable | undefined;
} {
  const { score, evidence } = typeof verdict === 'number' ? { score: verdict, evidence: undefined } : verdict;
  if (Number.isInteger(score) && score >= 0 && score <= 100) return { score, evidence };
  const message = 'must be a whole number from 0 to 100';
  throw new ValidationError(`The score ${message}, not ${score}.`, { issues: [{ path: 'score', message }] });
}

const defaultEvidence = ({ job }: JobTask, score: number): Deliverable => ({
  json: { jobId: job.jobId, chainId: job.chainId, deliverable: job.deliverable, score },
});
