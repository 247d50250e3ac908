import type { LocalHandlersOf } from '../client/local-handlers.ts';
import { BonafideError } from '../errors.ts';

/** The local operations on the audit log. */
export const localHandlers: LocalHandlersOf<'audit'> = {
  'audit.verify': async () => {
    throw new BonafideError('UNSUPPORTED', 'Not built yet.');
  },
};
