import { say } from '@bonafide/app-kit';
import type { Agent } from '@bonafide/core';
import type { Job } from '@bonafide/core/models';
import { tool } from '@langchain/core/tools';
import { storeCsv } from './specification.ts';

const FINAL = ['completed', 'rejected', 'expired'];

/** The two tools of the buyer that are its own business; everything else comes from the toolkit. */
export function createBuyerTools(agent: Agent, csv: string) {
  return [storeSpecification(agent, csv), waitForJob(agent)];
}

function storeSpecification(agent: Agent, csv: string) {
  return tool(
    async () => {
      const specification = JSON.stringify(await storeCsv(agent, csv));
      const { digest, cid } = await agent.artifacts.put({
        content: Buffer.from(specification).toString('base64'),
        mediaType: 'application/json',
        visibility: 'public',
      });
      return JSON.stringify({ specHash: digest, specification: cid });
    },
    {
      name: 'store_specification',
      description:
        'Stores the CSV to clean and the specification of the work. Returns specHash for jobs_create.',
      schema: { type: 'object', properties: {}, additionalProperties: false },
    },
  );
}

function waitForJob(agent: Agent) {
  return tool(
    async ({ jobId, until }: { jobId: string; until: 'accepted' | 'finished' }) => {
      const job = await untilJob(agent, jobId, (each) =>
        until === 'accepted' ? each.isAccepted : FINAL.includes(each.status),
      );
      say(`job ${jobId} is ${until === 'accepted' ? 'accepted' : job.status}`);
      return JSON.stringify(job);
    },
    {
      name: 'wait_for_job',
      description:
        'Waits until a job is accepted by its provider, or finished (completed, rejected or expired). Returns the job.',
      schema: {
        type: 'object',
        properties: { jobId: { type: 'string' }, until: { enum: ['accepted', 'finished'] } },
        required: ['jobId', 'until'],
        additionalProperties: false,
      },
    },
  );
}

async function untilJob(agent: Agent, jobId: string, isThere: (job: Job) => boolean): Promise<Job> {
  const stopping = new AbortController();
  try {
    for await (const _ of agent.events.stream(
      { types: ['job.*'], subject: jobId, cursor: '0' },
      { signal: stopping.signal },
    )) {
      const job = await agent.jobs.get({ jobId });
      if (isThere(job)) return job;
    }
  } finally {
    stopping.abort();
  }
  throw new Error(`The events ended before job ${jobId} got there.`);
}
