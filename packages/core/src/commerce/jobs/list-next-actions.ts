import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import type { Dispute } from '../../models/dispute.ts';
import { hasEnded, type Job, type JobRole } from '../../models/job.ts';
import type { JobConsent } from '../../models/terms.ts';
import type { listNextActions as operation } from '../../operations/jobs/next-actions.ts';
import { nextActions, nextChange, roleOf, type Situation } from './next-actions.ts';

type Input = z.output<(typeof operation)['input']>;
type Output = z.output<(typeof operation)['output']>;

/** jobs.nextActions: from what the gateway has indexed and the clock. */
export async function listNextActions(context: LocalContext, { jobId, role: asked }: Input): Promise<Output> {
  const situation = await look(context, jobId);
  const own = context.wallet && roleOf(situation, context.wallet.address);
  const consents = await findConsents(context, { ...situation, own });
  const role = asked ?? own;
  const now = notBefore(context.now(), situation);
  const wallet = role === own ? context.wallet?.address : undefined;
  const actions = nextActions({ ...situation, consents }, { role, wallet, now });
  const nextAt = nextChange(situation, now);
  return { ...(role && { role }), actions, ...(nextAt !== undefined && { nextAt }) };
}

/** The clock of a chain that was moved, as developers do, is ahead of ours: it is never behind its own last block. */
function notBefore(now: Date, { job, dispute }: Situation): Date {
  const seen = [job.updatedAt, dispute?.updatedAt ?? job.updatedAt].map((time) => Date.parse(time));
  return new Date(Math.max(now.getTime(), ...seen));
}

async function look({ client, signal }: LocalContext, jobId: string): Promise<Situation> {
  const job = (await client.jobs.get({ jobId }, { signal })) as Job;
  const { previousJobId, status, isDisputed } = job;
  const isMilestone = status === 'open' && previousJobId !== undefined;
  const [dispute, previous] = await Promise.all([
    isDisputed ? (client.disputes.get({ jobId }, { signal }) as Promise<Dispute>) : undefined,
    isMilestone ? (client.jobs.get({ jobId: previousJobId }, { signal }) as Promise<Job>) : undefined,
  ]);
  return { job, dispute, previous };
}

async function findConsents(
  { client, signal }: LocalContext,
  { job, own }: Situation & { readonly own: JobRole | undefined },
): Promise<readonly JobConsent[]> {
  if (hasEnded(job) || (own !== 'client' && own !== 'provider')) return [];
  const { items } = await client.jobs.listConsents({ jobId: job.jobId }, { signal });
  return items as JobConsent[];
}
