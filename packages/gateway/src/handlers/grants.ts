import { BonafideError } from '@bonafide/core/errors';
import type { HandlersOf, IdsOf } from './types.ts';

export const grantHandlers: HandlersOf<IdsOf<'grants'>> = {
  'grants.create': async () => {
    throw notYet();
  },
  'grants.list': async () => {
    throw notYet();
  },
  'grants.revoke': async () => {
    throw notYet();
  },
};

function notYet(): BonafideError {
  return new BonafideError('UNSUPPORTED', 'This is still being built.');
}
