import { ValidationError } from '@bonafide/core/errors';

const DEFAULT_LIMIT = 20;

export interface PageInput {
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

interface Pages<Item> {
  readonly input: PageInput;
  /** Up to `limit` rows beyond the key `beyond`. */
  read(range: { readonly beyond: string | undefined; readonly limit: number }): readonly Item[];
  keyOf(item: Item): string;
}

/** One page, and the opaque cursor of the next when there is one. */
export function readPage<Item>({ input, read, keyOf }: Pages<Item>): { items: Item[]; nextCursor?: string } {
  const limit = input.limit ?? DEFAULT_LIMIT;
  const beyond = input.cursor === undefined ? undefined : decode(input.cursor);
  const rows = read({ beyond, limit: limit + 1 });
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return rows.length > limit && last ? { items, nextCursor: encode(keyOf(last)) } : { items };
}

function encode(key: string): string {
  return Buffer.from(key).toString('base64url');
}

function decode(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString();
  if (/^[\w-]{1,64}$/.test(key) && encode(key) === cursor) return key;
  throw new ValidationError('The cursor is not one of ours.', {
    issues: [{ path: 'cursor', message: 'must be nextCursor of the page before' }],
  });
}
