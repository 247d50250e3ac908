import { BonafideError } from '@bonafide/core/errors';
import type { HandlersOf, IdsOf } from './types.ts';

export const taskHandlers: HandlersOf<IdsOf<'tasks'>> = {
  'tasks.create': async () => {
    throw notYet();
  },
  'tasks.get': async () => {
    throw notYet();
  },
  'tasks.list': async () => {
    throw notYet();
  },
  'tasks.claim': async () => {
    throw notYet();
  },
  'tasks.extendLease': async () => {
    throw notYet();
  },
  'tasks.reportProgress': async () => {
    throw notYet();
  },
  'tasks.complete': async () => {
    throw notYet();
  },
  'tasks.fail': async () => {
    throw notYet();
  },
  'tasks.cancel': async () => {
    throw notYet();
  },
  'tasks.retry': async () => {
    throw notYet();
  },
  'tasks.pause': async () => {
    throw notYet();
  },
  'tasks.resume': async () => {
    throw notYet();
  },
  'tasks.watch': () => {
    throw notYet();
  },
};

function notYet(): BonafideError {
  return new BonafideError('UNSUPPORTED', 'This is still being built.');
}
