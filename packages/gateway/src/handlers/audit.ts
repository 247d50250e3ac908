import { ValidationError } from '@bonafide/core/errors';
import { exportLog } from '../audit/export.ts';
import { consistencyOf, inclusionOf } from '../audit/proofs.ts';
import { currentCheckpoint } from '../audit/tree.ts';
import { type Context, visibleAgentId } from '../context.ts';
import { NUMBERS, readPage } from '../paging.ts';
import type { Reader } from '../stores/store.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const auditHandlers: HandlersOf<IdsOf<'audit'>> = {
  'audit.list': async (context, { cursor, limit: size, order, from, to, agentId: wanted, ...filter }) => {
    const { read, workspace } = context;
    const agentId = visibleAgentId(context, wanted);
    const query = { workspace, agentId, ...filter, from: toStoredTime(from), to: toStoredTime(to) };
    return readPage({
      input: { cursor, limit: size },
      read: ({ beyond, limit }) => {
        const sequence = beyond === undefined ? undefined : Number(beyond);
        const page = order === 'newest' ? { before: sequence } : { after: sequence ?? 0 };
        return read.audit.list(query, { ...page, limit });
      },
      keyOf: ({ sequence }) => String(sequence),
      keys: NUMBERS,
    });
  },
  'audit.getCheckpoint': async (context) => currentCheckpoint(readerOf(context), context.services),
  'audit.proveInclusion': async (context, input) => inclusionOf(readerOf(context), input),
  'audit.proveConsistency': async (context, input) => consistencyOf(readerOf(context), input),
  'audit.export': (context) => {
    const { did, sign } = context.services;
    return exportLog(readerOf(context), { after: sequenceOf(context), did, sign });
  },
};

function readerOf({ read, workspace }: Context): Reader {
  return { tables: read, workspace };
}

/** Where an export goes on: after the entry whose sequence is the cursor. */
function sequenceOf({ cursor = '0', read, workspace }: Context): number {
  const sequence = NUMBERS.test(cursor) ? Number(cursor) : Number.POSITIVE_INFINITY;
  if (sequence <= read.auditTree.getSize(workspace)) return sequence;
  const message = 'must be the id of an entry that the log has';
  throw new ValidationError('The export cannot go on from there.', { issues: [{ path: 'cursor', message }] });
}

/** Stored times have milliseconds and compare as text. */
function toStoredTime(time: string | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}
