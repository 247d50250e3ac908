import { BonafideError } from '@bonafide/core/errors';
import { NUMBERS, readPage } from '../paging.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const auditHandlers: HandlersOf<IdsOf<'audit'>> = {
  'audit.list': async ({ read, workspace }, { cursor, limit: size, from, to, ...filter }) =>
    readPage({
      input: { cursor, limit: size },
      read: ({ beyond, limit }) => {
        const query = { workspace, ...filter, from: toStoredTime(from), to: toStoredTime(to) };
        return read.audit.list(query, { after: Number(beyond ?? 0), limit });
      },
      keyOf: ({ sequence }) => String(sequence),
      keys: NUMBERS,
    }),
  'audit.getCheckpoint': async () => notYet(),
  'audit.proveInclusion': async () => notYet(),
  'audit.proveConsistency': async () => notYet(),
  'audit.export': () => notYet(),
};

function notYet(): never {
  throw new BonafideError('UNSUPPORTED', 'Not built yet.');
}

/** Stored times have milliseconds and compare as text. */
function toStoredTime(time: string | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}
