import { acceptJob } from './accept.ts';
import { adviseJob } from './advise.ts';
import { cancelJob } from './cancel.ts';
import { createJob } from './create.ts';
import { declineJob } from './decline.ts';
import { extendJob } from './extend.ts';
import { fundJob } from './fund.ts';
import { getJob } from './get.ts';
import { listJobs } from './list.ts';
import { listConsents } from './list-consents.ts';
import { listJobHistory } from './list-history.ts';
import { listNextActions } from './next-actions.ts';
import { refundJob } from './refund.ts';
import { settleJob } from './settle.ts';
import { shareConsent } from './share-consent.ts';
import { signOffer } from './sign-offer.ts';
import { submitJob } from './submit.ts';
import { takeOffer } from './take-offer.ts';
import { validateJob } from './validate.ts';
import { watchJobs } from './watch.ts';
import { withdrawOffer } from './withdraw-offer.ts';

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
  advise: adviseJob,
  decline: declineJob,
  signOffer: signOffer,
  takeOffer: takeOffer,
  withdrawOffer: withdrawOffer,
  cancel: cancelJob,
  extend: extendJob,
  shareConsent: shareConsent,
  listConsents: listConsents,
  listHistory: listJobHistory,
  watch: watchJobs,
};
