import { ValidationError } from '@bonafide/core/errors';

export const DEFAULT_LIMIT = 20;
/** Read at once where all rows are wanted. */
const BATCH = 100;

export interface PageInput {
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

interface Pages<Item> {
  readonly input: PageInput;
  /** Up to `limit` rows beyond the key `beyond`. */
  read(range: { readonly beyond: string | undefined; readonly limit: number }): readonly Item[];
  keyOf(item: Item): string;
  /** What keys of this list look like; by default ids. */
  readonly keys?: RegExp;
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Keys of lists that are ordered by a number. */
export const NUMBERS = /^\d{1,15}$/;

/** Keys of lists that are ordered by a name. */
export const NAMES = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** One page, and the opaque cursor of the next when there is one. */
export function readPage<Item>({ input, read, keyOf, keys = ID }: Pages<Item>): {
  items: Item[];
  nextCursor?: string;
} {
  const limit = input.limit ?? DEFAULT_LIMIT;
  const beyond = input.cursor === undefined ? undefined : decodeCursor(input.cursor, keys);
  const rows = read({ beyond, limit: limit + 1 });
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return rows.length > limit && last ? { items, nextCursor: encodeCursor(keyOf(last)) } : { items };
}

/** Every row of a list, in its order. */
export function* everyItem<Item>({ read, keyOf }: Pick<Pages<Item>, 'read' | 'keyOf'>): Generator<Item> {
  let beyond: string | undefined;
  for (;;) {
    const rows = read({ beyond, limit: BATCH });
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return;
    beyond = keyOf(last);
  }
}

export function encodeCursor(key: string): string {
  return Buffer.from(key).toString('base64url');
}

/** The key in a cursor; VALIDATION_FAILED for one that was never given out. */
export function decodeCursor(cursor: string, keys: RegExp): string {
  const key = Buffer.from(cursor, 'base64url').toString();
  if (keys.test(key) && encodeCursor(key) === cursor) return key;
  throw new ValidationError('The cursor is not one of this list.', {
    issues: [{ path: 'cursor', message: 'must be nextCursor of the page before' }],
  });
}
