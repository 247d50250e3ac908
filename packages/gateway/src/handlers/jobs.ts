import { type Context, requireChain } from '../context.ts';
import { getJob, listJobs } from '../jobs/read-jobs.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const jobHandlers: HandlersOf<IdsOf<'jobs'>> = {
  'jobs.get': async (context, { jobId }) => {
    await catchUp(context);
    // Somebody else may have made it a moment ago: the chain can have what the index does not have yet.
    if (!context.read.jobs.get(jobId)) await requireChain(context).catchUpWithHead();
    return getJob(context.read, jobId);
  },
  'jobs.list': async (context, listing) => {
    await catchUp(context);
    return listJobs(context.read, listing);
  },
};

async function catchUp(context: Context): Promise<void> {
  const chain = requireChain(context);
  const { principal } = context;
  if (principal.kind === 'agent') await chain.catchUpWith(principal.agent.agentId);
}
