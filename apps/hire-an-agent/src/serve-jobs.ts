import type { Agent } from '@bonafide/core';
import type { Job } from '@bonafide/core/models';

/** What to do when an operation becomes possible for this agent, by operation id. */
export type JobHandlers = Readonly<Record<string, (job: Job) => Promise<void>>>;

/** Follows the jobs of this agent from the first event on and does whatever is due; ends when the stream ends. */
export async function serveJobs(agent: Agent, handlers: JobHandlers, signal: AbortSignal): Promise<void> {
  for await (const event of agent.events.stream({ types: ['job.*'], cursor: '0' }, { signal })) {
    await doWhatIsDue(agent, handlers, event.subject);
  }
}

async function doWhatIsDue(agent: Agent, handlers: JobHandlers, jobId: string): Promise<void> {
  const { role, actions } = await agent.jobs.nextActions({ jobId });
  if (!role) return;
  for (const { operation } of actions) await handlers[operation]?.(await agent.jobs.get({ jobId }));
}
