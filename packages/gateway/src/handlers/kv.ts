import { BonafideError } from '@bonafide/core/errors';
import type { HandlersOf, IdsOf } from './types.ts';

export const kvHandlers: HandlersOf<IdsOf<'kv'>> = {
  'kv.get': async () => {
    throw notYet();
  },
  'kv.put': async () => {
    throw notYet();
  },
  'kv.list': async () => {
    throw notYet();
  },
  'kv.delete': async () => {
    throw notYet();
  },
  'kv.increment': async () => {
    throw notYet();
  },
  'kv.watch': () => {
    throw notYet();
  },
};

function notYet(): BonafideError {
  return new BonafideError('UNSUPPORTED', 'This is still being built.');
}
