import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBase64, toUtf8 } from '../identity/bytes.ts';
import { canonicalize } from '../identity/canonical.ts';
import { leafHash } from './hashes.ts';
import { encodeLeaf, hashEntry } from './leaf.ts';
import { localHandlers } from './local-handlers.ts';
import { entryOf, logOf } from './testing/test-log.ts';

const text = fc.string({ unit: 'grapheme' });
const leaf = fc.record(
  {
    ...{
      sequence: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      workspace: text,
      at: text,
      actor: text,
    },
    ...{ event: text, subject: text, requestId: text, dataDigest: text },
  },
  { requiredKeys: ['sequence', 'workspace', 'at', 'actor', 'event', 'subject', 'dataDigest'] },
);

describe('a leaf', () => {
  it('is canonical JSON of the entry without its data, whatever the order of its fields', () => {
    fc.assert(
      fc.property(leaf, (entry) => {
        const shuffled = Object.fromEntries(Object.entries(entry).reverse()) as typeof entry;
        expect(encodeLeaf({ ...shuffled, data: { a: 1 } } as typeof entry)).toBe(canonicalize(entry));
        expect(toBase64(hashEntry(entry))).toBe(toBase64(leafHash(toUtf8(canonicalize(entry)))));
      }),
    );
  });

  it('has the same text without a request as with an undefined one', () => {
    const { requestId, ...entry } = entryOf(1);
    expect(encodeLeaf({ ...entry, requestId: undefined } as typeof entry)).toBe(encodeLeaf(entry));
    expect(encodeLeaf(entry)).not.toBe(encodeLeaf({ ...entry, requestId: requestId ?? '' }));
  });
});

describe('audit.verify', () => {
  const log = logOf([entryOf(1), entryOf(2), entryOf(3)]);
  const verify = (lines: string) => localHandlers['audit.verify']({} as never, { lines });

  it('verifies the text of a file, with or without a line break at its end', async () => {
    const text = log.lines().join('\n');
    expect(await verify(text)).toMatchObject({ isValid: true, size: 3 });
    expect(await verify(`${text}\n`)).toMatchObject({ isValid: true, size: 3 });
  });

  it('names the entry that was edited', async () => {
    const verdict = await verify(log.lines().join('\n').replace('action-2', 'action-1'));
    expect(verdict.findings).toMatchObject([{ kind: 'edited', sequence: 2, line: 2 }]);
  });
});
