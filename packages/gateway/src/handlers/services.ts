import { BonafideError } from '@bonafide/core/errors';
import type { HandlersOf, IdsOf } from './types.ts';

export const serviceHandlers: HandlersOf<IdsOf<'services'>> = {
  'services.request': async () => {
    throw notYet();
  },
};

function notYet(): BonafideError {
  return new BonafideError('UNSUPPORTED', 'This is still being built.');
}
