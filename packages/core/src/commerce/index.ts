import type { LocalHandlersOf } from '../client/local-handlers.ts';
import { acceptJob } from './accept-job.ts';
import { createJob } from './create-job.ts';
import { refundJob, settleJob, validateJob } from './end-job.ts';
import { fundJob } from './fund-job.ts';
import { linkWallet } from './link-wallet.ts';
import { nextActions, roleOf } from './next-actions.ts';
import { submitJob } from './submit-job.ts';

/** The local operations of commerce; loaded on first use, because viem comes with them. */
export const localHandlers: LocalHandlersOf<'jobs' | 'wallets'> = {
  'jobs.create': createJob,
  'jobs.accept': acceptJob,
  'jobs.fund': fundJob,
  'jobs.submit': submitJob,
  'jobs.validate': validateJob,
  'jobs.settle': settleJob,
  'jobs.refund': refundJob,
  'jobs.nextActions': async ({ client, wallet, now, signal }, { jobId, role: asked }) => {
    const job = await client.jobs.get({ jobId }, { signal });
    const role = asked ?? (wallet && roleOf(job, wallet.address));
    return { role, actions: nextActions(job, role, now()) };
  },
  'wallets.link': linkWallet,
};
