import type { Client } from '../client/types.ts';
import type { Job } from '../models/job.ts';
import { parseUsdc } from '../models/money.ts';
import { storeContent } from './content.ts';
import { answerStep, disputeStep } from './dispute-steps.ts';
import { followJobs, openJobs, type RoleStepper } from './follow-jobs.ts';
import { timeoutSteps } from './timeout-steps.ts';
import type { Offering, RunningRole, Work } from './types.ts';

interface Provider {
  readonly client: Client;
  readonly address: string;
}

/** The loop of a provider: accepts what fits, works when the money is locked, delivers. */
export function provide({ client, address }: Provider, offering: Offering, work: Work): RunningRole {
  const { disputes, answers } = offering;
  const accept: RoleStepper = async ({ job, signal }) => {
    if (await fits(offering, job)) {
      await client.jobs.accept({ jobId: job.jobId, terms: job.terms }, { signal });
      return true;
    }
    if (!offering.declinesOthers) return false;
    await client.jobs.decline(
      { jobId: job.jobId, reason: 'This provider does not take such jobs.' },
      { signal },
    );
    return true;
  };
  const submit: RoleStepper = async (task) => {
    const { signal } = task;
    const { cid, digest } = await storeContent(client, await work(task), { signal });
    await client.jobs.submit({ jobId: task.job.jobId, deliverable: digest, deliverableUri: cid }, { signal });
    return true;
  };
  return followJobs(
    {
      client,
      address,
      rolesIn: () => ['provider'],
      list: () => openJobs(client, { provider: address }),
      steps: {
        ...timeoutSteps(client),
        'jobs.accept': accept,
        'jobs.submit': submit,
        ...(disputes && { 'disputes.open': disputeStep(client, disputes) }),
        ...(answers && { 'disputes.answer': answerStep(client, answers) }),
      },
    },
    offering,
  );
}

async function fits({ templateId, minAmountUsdc, accepts }: Offering, job: Job): Promise<boolean> {
  // What will be signed, where it is known already.
  const terms = job.terms ?? job;
  if (templateId !== undefined && terms.templateId !== templateId) return false;
  if (minAmountUsdc !== undefined && parseUsdc(terms.amountUsdc) < parseUsdc(minAmountUsdc)) return false;
  return accepts === undefined || accepts(job);
}
