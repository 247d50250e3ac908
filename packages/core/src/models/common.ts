import { z } from 'zod';

// Only what is wrong about the text: that a field is absent keeps its own words.
const malformed = (message: string) => ({
  error: ({ code }: { readonly code?: string }) => (code === 'invalid_format' ? message : undefined),
});

/** RFC 3339 in UTC, as every time on the wire. */
export const timestamp = z.iso
  .datetime(malformed('must be a time in UTC such as 2026-01-31T00:00:00Z'))
  .meta({ description: 'RFC 3339 time in UTC' });

/** UUIDv7: sorts by creation. */
export const id = z.uuid(malformed('must be an id as the gateway gives them (a UUID)'));

/** An Ed25519 key as `did:key:z…`; decoding and strictness live in identity. */
export const did = z
  .string()
  .regex(/^did:key:z6Mk[1-9A-HJ-NP-Za-km-z]{44}$/, 'must be an Ed25519 did:key')
  .meta({ description: 'Ed25519 did:key' });

export const name = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,62}$/,
    'must be 1-63 lower-case letters, digits, dots, dashes or underscores',
  );

/** USDC as a decimal string with at most six places; never a float. Up to 256 bits of units: anybody may name such a price. */
export const amountUsdc = z
  .string()
  .regex(/^(0|[1-9]\d{0,71})(\.\d{1,6})?$/, 'must be digits with at most six decimals, such as 12.50')
  .meta({ description: 'USDC amount as a decimal string, e.g. "12.50"' });

/** A 256-bit unsigned number as a decimal string. */
export const uint256 = z.string().regex(/^(0|[1-9]\d{0,77})$/, 'must be a decimal integer');

export const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/, 'must be a 20-byte hex address');
export const hash32 = z.string().regex(/^0x[0-9a-fA-F]{64}$/, 'must be a 32-byte hex value');
export const hex = z.string().regex(/^0x([0-9a-fA-F]{2})*$/, 'must be hex bytes');

export const risk = z.enum(['low', 'medium', 'high', 'critical']);
export type Risk = z.infer<typeof risk>;

export const jsonObject = z.record(z.string(), z.json());

/** What a list takes: an opaque cursor from the previous page and a page size. */
export const pageInput = {
  cursor: z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'Opaque; from nextCursor of the previous page' }),
  limit: z.int().min(1).max(100).optional().meta({ description: 'Page size, 1-100; default 20' }),
};

/** One page of `item`; no `nextCursor` means the end. */
export function page<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().optional() });
}
