import { BonafideError } from '@bonafide/core/errors';
import type { HandlersOf, IdsOf } from './types.ts';

export const checkpointHandlers: HandlersOf<IdsOf<'checkpoints'>> = {
  'checkpoints.save': async () => {
    throw notYet();
  },
  'checkpoints.load': async () => {
    throw notYet();
  },
  'checkpoints.list': async () => {
    throw notYet();
  },
  'checkpoints.delete': async () => {
    throw notYet();
  },
};

function notYet(): BonafideError {
  return new BonafideError('UNSUPPORTED', 'This is still being built.');
}
