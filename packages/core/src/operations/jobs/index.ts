import { acceptJob } from './accept.ts';
import { createJob } from './create.ts';
import { fundJob } from './fund.ts';
import { getJob } from './get.ts';
import { listJobs } from './list.ts';
import { listNextActions } from './next-actions.ts';
import { refundJob } from './refund.ts';
import { settleJob } from './settle.ts';
import { submitJob } from './submit.ts';
import { validateJob } from './validate.ts';

export const jobs = {
  create: createJob,
  accept: acceptJob,
  fund: fundJob,
  submit: submitJob,
  validate: validateJob,
  settle: settleJob,
  refund: refundJob,
  get: getJob,
  list: listJobs,
  nextActions: listNextActions,
};
