import type { KvChange } from '@bonafide/core/models';
import type { Context } from '../context.ts';
import type { StreamItem } from '../handlers/types.ts';
import type { StoredKvChange } from '../stores/kv.ts';
import { isReadable } from './list.ts';
import type { Namespace } from './namespace.ts';

const PART = 50;
/** Beyond every key, which holds no such character. */
const BEYOND_ALL = Buffer.from('\u{10FFFF}');

export interface Watch {
  readonly prefix: string;
  /** Found anew each time, because access may change while the stream lasts. */
  find(): Namespace;
}

/** The keys as they are, read in parts: a reader takes its time, and meanwhile they change. */
export interface Beginning {
  read(): Generator<StreamItem<KvChange>>;
  /** Whether a key already came as it was after this change, or later. */
  covers(change: StoredKvChange & { readonly sequence: number }): boolean;
}

interface Start {
  /** Changes after it follow the beginning. */
  readonly sequence: number;
  /** The key after which a beginning that broke off goes on. */
  readonly beyond?: string | undefined;
}

export function createBeginning(
  { read, now }: Context,
  { prefix, find }: Watch,
  { sequence: start, beyond }: Start,
): Beginning {
  // In the order of the keys: up to which key which changes are in what was read. Keys of an earlier stream may be older.
  const parts = [{ through: Buffer.from(beyond ?? ''), sequence: start }];
  return {
    *read() {
      let after = beyond;
      for (;;) {
        const namespace = find();
        const { newest: sequence } = read.kvChanges.getBounds(namespace.name);
        const rows = read.kv.list({ namespace: namespace.name, prefix, after, limit: PART });
        after = rows.at(-1)?.key;
        parts.push({ through: after === undefined ? BEYOND_ALL : Buffer.from(after), sequence });
        for (const entry of rows) {
          if (!isReadable(entry, { namespace: find(), now: now() })) continue;
          const id = `${start}.${Buffer.from(entry.key).toString('base64url')}`;
          yield { data: presentChange({ ...entry, change: 'put', at: entry.updatedAt }), id };
        }
        if (after === undefined) return;
      }
    },
    covers({ key, sequence }) {
      if (sequence > (parts.at(-1)?.sequence ?? start)) return false;
      const bytes = Buffer.from(key);
      const part = parts.find(({ through }) => Buffer.compare(bytes, through) <= 0);
      return part !== undefined && sequence <= part.sequence;
    },
  };
}

export function presentChange({ change, key, version, value, at }: StoredKvChange): KvChange {
  return { change, key, version, ...(value === undefined ? {} : { value: JSON.parse(value) }), at };
}
