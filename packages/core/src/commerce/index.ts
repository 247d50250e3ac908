import type { LocalHandlers } from '../client/local-handlers.ts';
import { BonafideError } from '../errors.ts';

const absent = async (): Promise<never> => {
  throw new BonafideError('UNSUPPORTED', 'This operation is not built yet.');
};

/** What runs each local operation. */
export const localHandlers: LocalHandlers = {
  'jobs.create': absent,
  'jobs.accept': absent,
  'jobs.fund': absent,
  'jobs.submit': absent,
  'jobs.validate': absent,
  'jobs.settle': absent,
  'jobs.refund': absent,
  'jobs.nextActions': absent,
  'wallets.link': absent,
};
