import { BonafideError } from '@bonafide/core/errors';
import type { HandlersOf, IdsOf } from './types.ts';

export const messageHandlers: HandlersOf<IdsOf<'messages'> | IdsOf<'queues'>> = {
  'messages.send': async () => {
    throw notYet();
  },
  'messages.broadcast': async () => {
    throw notYet();
  },
  'messages.list': async () => {
    throw notYet();
  },
  'messages.acknowledge': async () => {
    throw notYet();
  },
  'messages.watch': () => {
    throw notYet();
  },
  'queues.list': async () => {
    throw notYet();
  },
  'queues.get': async () => {
    throw notYet();
  },
  'queues.purge': async () => {
    throw notYet();
  },
  'queues.listDeadLetters': async () => {
    throw notYet();
  },
  'queues.redeliver': async () => {
    throw notYet();
  },
};

function notYet(): BonafideError {
  return new BonafideError('UNSUPPORTED', 'This is still being built.');
}
