import { accessLevels, type KvEntry } from '@bonafide/core/models';
import { DEFAULT_LIMIT, decodeCursor, encodeCursor, type PageInput } from '../paging.ts';
import type { StoredKvEntry } from '../stores/kv.ts';
import type { Reads } from '../stores/store.ts';
import { isExpired, presentEntry } from './entries.ts';
import type { Namespace } from './namespace.ts';

/** What keys look like; cursors hold one. */
const KEYS = /^[^\p{C}]{1,256}$/u;
/** Read at once. */
const BATCH = 50;
/** Keys that a page looks at, also when the caller may read none of them. */
const MAX_SCANNED = 1000;
/** After which a page ends, so that large values make short pages. */
const MAX_PAGE_BYTES = 1_048_576;

interface Listing {
  readonly namespace: Namespace;
  readonly prefix: string;
}

/** One page of the keys that are alive and that the caller may read. */
export function listKeys(
  tables: Reads,
  { input, now, ...listing }: Listing & { readonly input: PageInput; readonly now: string },
): { items: KvEntry[]; nextCursor?: string } {
  const { cursor, limit = DEFAULT_LIMIT } = input;
  const items: KvEntry[] = [];
  let [scanned, bytes] = [0, 0];
  let last = cursor === undefined ? undefined : decodeCursor(cursor, KEYS);
  for (const entry of everyEntry(tables, { ...listing, after: last })) {
    const isFull = items.length === limit || scanned === MAX_SCANNED || bytes >= MAX_PAGE_BYTES;
    if (isFull && last !== undefined) return { items, nextCursor: encodeCursor(last) };
    last = entry.key;
    scanned += 1;
    if (!isReadable(entry, { ...listing, now })) continue;
    bytes += entry.value.length;
    items.push(presentEntry(entry));
  }
  return { items };
}

/** What is stored under a prefix, from a key on; read as it is asked for. */
function* everyEntry(
  tables: Reads,
  { namespace, prefix, after }: Listing & { readonly after: string | undefined },
): Generator<StoredKvEntry> {
  let beyond = after;
  for (;;) {
    const rows = tables.kv.list({ namespace: namespace.name, prefix, after: beyond, limit: BATCH });
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return;
    beyond = last.key;
  }
}

/** Whether it is alive and the caller may read it. */
export function isReadable(
  entry: StoredKvEntry,
  { namespace, now }: Pick<Listing, 'namespace'> & { readonly now: string },
): boolean {
  return !isExpired(entry, now) && namespace.allows(entry.key, accessLevels.read);
}
