import type { LocalHandlersOf } from '../../client/local-handlers.ts';
import { adviseJob } from '../advice/advise-job.ts';
import { acceptJob, declineJob } from './answer.ts';
import { cancelJob, extendJob } from './consents.ts';
import { createJob } from './create.ts';
import { refundJob, settleJob, validateJob } from './end.ts';
import { fundJob } from './fund.ts';
import { listNextActions } from './list-next-actions.ts';
import { signOffer, takeOffer, withdrawOffer } from './offers.ts';
import { submitJob } from './submit.ts';

export const jobHandlers: LocalHandlersOf<'jobs'> = {
  'jobs.create': createJob,
  'jobs.accept': acceptJob,
  'jobs.decline': declineJob,
  'jobs.fund': fundJob,
  'jobs.submit': submitJob,
  'jobs.validate': validateJob,
  'jobs.settle': settleJob,
  'jobs.refund': refundJob,
  'jobs.nextActions': listNextActions,
  'jobs.advise': adviseJob,
  'jobs.signOffer': signOffer,
  'jobs.takeOffer': takeOffer,
  'jobs.withdrawOffer': withdrawOffer,
  'jobs.cancel': cancelJob,
  'jobs.extend': extendJob,
};
