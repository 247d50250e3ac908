import { accessLevels, type KvChange } from '@bonafide/core/models';
import type { Context } from '../context.ts';
import { createWaiter } from '../events/waiter.ts';
import type { StreamItem } from '../handlers/types.ts';
import type { StoredKvChange } from '../stores/kv.ts';
import { createBeginning, presentChange, type Watch } from './beginning.ts';
import { kvTopic } from './namespace.ts';

const PAGE = 50;

/**
 * The keys as they are, then each change in order. A cursor is the sequence of a change; in the beginning it is followed by
 * the key, so that a stream that broke off there goes on where it was and misses no deletion in between.
 */
export async function* watchKeys(context: Context, watch: Watch): AsyncGenerator<StreamItem<KvChange>> {
  const { read, services, signal } = context;
  const { name: namespace } = watch.find();
  const waiter = createWaiter(services.bus, { topics: [kvTopic(namespace)], signal });
  try {
    const start = startOf(context.cursor, read.kvChanges.getBounds(namespace));
    let after = start.sequence;
    let beginning = createBeginning(context, watch, start);
    if (start.kind !== 'changes') yield* beginning.read();
    while (!signal.aborted) {
      // Taken before the page: once a page is not full, nothing of this namespace is left up to here.
      const { floor, newest } = read.kvChanges.getBounds(namespace);
      if (after < floor) {
        after = newest;
        yield { reset: { oldest: String(after) } };
        beginning = createBeginning(context, watch, { sequence: after });
        yield* beginning.read();
      }
      const page = read.kvChanges.listAfter({ namespace, after, limit: PAGE });
      for (const change of page) {
        after = change.sequence;
        if (isShown(change, watch) && !beginning.covers(change))
          yield { data: presentChange(change), id: String(after) };
      }
      if (page.length === PAGE) continue;
      after = Math.max(after, newest);
      await waiter.next();
    }
  } finally {
    waiter.close();
  }
}

/** Where a stream starts: with the keys as they are, those after one of them, or only with what changed since. */
interface Start {
  readonly kind: 'keys' | 'changes';
  readonly sequence: number;
  readonly beyond?: string;
}

const CURSOR = /^(\d{1,15})(?:\.([\w-]{1,1500}))?$/;
/** Below every floor, so that the stream begins with a reset. */
const LOST = -1;

function startOf(
  cursor: string | undefined,
  { floor, newest }: { readonly floor: number; readonly newest: number },
): Start {
  if (cursor === undefined) return { kind: 'keys', sequence: newest };
  const [, sequence = '', key] = CURSOR.exec(cursor) ?? [];
  const isKept = sequence !== '' && Number(sequence) >= floor && Number(sequence) <= newest;
  if (!isKept) return { kind: 'changes', sequence: LOST };
  if (key === undefined) return { kind: 'changes', sequence: Number(sequence) };
  const beyond = Buffer.from(key, 'base64url').toString();
  return { kind: 'keys', sequence: Number(sequence), beyond };
}

function isShown({ key }: StoredKvChange, { prefix, find }: Watch): boolean {
  return key.startsWith(prefix) && find().allows(key, accessLevels.read);
}
