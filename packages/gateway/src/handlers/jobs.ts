import { catchUp, findInIndex } from '../chain/freshness.ts';
import { listConsents, shareConsent } from '../jobs/consents.ts';
import { getJob, listHistory, listJobs, nowOf } from '../jobs/read-jobs.ts';
import { watchJobs } from '../jobs/watch.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const jobHandlers: HandlersOf<IdsOf<'jobs'>> = {
  'jobs.get': async (context, { jobId }) => getJob(context, jobId),
  'jobs.list': async (context, listing) => {
    await catchUp(context);
    return listJobs(nowOf(context), listing);
  },
  'jobs.listHistory': async (context, listing) => {
    const { jobId } = listing;
    await findInIndex(context, { find: () => context.read.jobs.get(jobId), what: `job ${jobId}` });
    return listHistory(context.read, listing);
  },
  'jobs.watch': watchJobs,
  'jobs.shareConsent': shareConsent,
  'jobs.listConsents': async (context, { jobId }) => listConsents(context, jobId),
};
