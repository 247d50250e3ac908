import { BonafideError } from '@bonafide/core/errors';
import type { HandlersOf, IdsOf } from './types.ts';

export const launchHandlers: HandlersOf<IdsOf<'implementations'> | IdsOf<'launches'>> = {
  'implementations.put': async () => {
    throw notYet();
  },
  'implementations.list': async () => {
    throw notYet();
  },
  'implementations.delete': async () => {
    throw notYet();
  },
  'launches.list': async () => {
    throw notYet();
  },
  'launches.reportFailure': async () => {
    throw notYet();
  },
};

function notYet(): BonafideError {
  return new BonafideError('UNSUPPORTED', 'This is still being built.');
}
