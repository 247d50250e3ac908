import { accessLevels, type KvChange } from '@bonafide/core/models';
import type { Context } from '../context.ts';
import { noteUse } from '../grants/on-behalf.ts';
import { isExpired, presentEntry, presentInfo } from '../kv/entries.ts';
import { listKeys } from '../kv/list.ts';
import { findNamespace, type KvPlace, type Namespace } from '../kv/namespace.ts';
import { watchKeys } from '../kv/watch.ts';
import { deleteKey, incrementKey, putKey } from '../kv/write.ts';
import type { Transaction } from '../ledger.ts';
import { placeOf } from '../sessions/place.ts';
import type { Reads } from '../stores/store.ts';
import type { HandlersOf, IdsOf, StreamItem } from './types.ts';

export const kvHandlers: HandlersOf<IdsOf<'kv'>> = {
  'kv.get': (context, { key, ...place }) =>
    reading(context, { operation: 'kv.get', place }, (tables, namespace) => {
      namespace.assert(key, accessLevels.read);
      const entry = tables.kv.get({ namespace: namespace.name, key });
      if (!entry || isExpired(entry, context.now())) return { isFound: false };
      return { isFound: true, entry: presentEntry(entry) };
    }),
  'kv.list': (context, { prefix = '', scope, userId, grantId, ...input }) =>
    reading(context, { operation: 'kv.list', place: { scope, userId, grantId } }, (tables, namespace) =>
      listKeys(tables, { namespace, prefix, input, now: context.now() }),
    ),
  'kv.put': (context, { value, ifVersion, ...target }) =>
    writing(context, { operation: 'kv.put', ...target }, (tx, write) =>
      presentInfo(putKey(tx, { ...write, value: JSON.stringify(value), ifVersion })),
    ),
  'kv.increment': (context, { by, atLeast, atMost, ...target }) =>
    writing(context, { operation: 'kv.increment', ...target }, (tx, write) =>
      incrementKey(tx, { ...write, by, atLeast, atMost }),
    ),
  'kv.delete': (context, { ifVersion, ...target }) =>
    writing(context, { operation: 'kv.delete', ...target }, (tx, write) => ({
      isDeleted: deleteKey(tx, { ...write, ifVersion }),
    })),
  'kv.watch': watch,
};

interface Reading {
  readonly operation: string;
  readonly place: KvPlace;
}

/** Who reads in the name of a user leaves a trace of it, and that is a commit. */
async function reading<Output>(
  context: Context,
  { operation, place }: Reading,
  read: (tables: Reads, namespace: Namespace) => Output,
): Promise<Output> {
  const find = (tables: Reads) => findIn(tables, context, { operation, place });
  if (place.grantId === undefined) return read(context.read, find(context.read));
  return context.commit((tx) => {
    const namespace = find(tx.tables);
    noteGrant(tx, namespace, operation);
    return read(tx.tables, namespace);
  });
}

interface Writing extends KvPlace {
  readonly operation: string;
  readonly key: string;
  readonly ttlSeconds?: number | null | undefined;
}

interface Target extends Pick<Writing, 'key' | 'ttlSeconds'> {
  readonly namespace: string;
  readonly writer: string;
}

function writing<Output>(
  context: Context,
  { operation, key, ttlSeconds, ...place }: Writing,
  write: (tx: Transaction, target: Target) => Output,
): Promise<Output> {
  return context.commit((tx) => {
    const namespace = findIn(tx.tables, context, { operation, place });
    namespace.assert(key, accessLevels.readwrite);
    noteGrant(tx, namespace, operation);
    return write(tx, { namespace: namespace.name, key, ttlSeconds, writer: placeOf(context).name });
  });
}

async function* watch(
  context: Context,
  { prefix = '', ...place }: KvPlace & { readonly prefix?: string | undefined },
): AsyncGenerator<StreamItem<KvChange>> {
  const asked = { operation: 'kv.watch', place };
  const find = () => findIn(context.read, context, asked);
  if (place.grantId !== undefined) {
    await context.commit((tx) => noteGrant(tx, findIn(tx.tables, context, asked), 'kv.watch'));
  }
  yield* watchKeys(context, { prefix, find });
}

function findIn(tables: Reads, context: Context, asked: Reading): Namespace {
  return findNamespace(tables, placeOf(context), { ...asked, nowMs: context.services.now() });
}

function noteGrant(tx: Transaction, { onBehalf }: Namespace, operation: string): void {
  if (onBehalf) noteUse(tx, { ...onBehalf, operation });
}
