import { BonafideError } from '@bonafide/core/errors';
import type { HandlersOf, IdsOf } from './types.ts';

export const connectionHandlers: HandlersOf<IdsOf<'connections'>> = {
  'connections.list': async () => {
    throw notYet();
  },
  'connections.disconnect': async () => {
    throw notYet();
  },
};

function notYet(): BonafideError {
  return new BonafideError('UNSUPPORTED', 'This is still being built.');
}
