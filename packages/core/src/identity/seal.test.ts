import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BonafideError } from '../errors.ts';
import { createKeyPair } from './keys.ts';
import { open, seal } from './seal.ts';

const recipient = createKeyPair();

test('opens what was sealed for it, by name or by key', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), fc.boolean(), async (message, byName) => {
      const sealed = await seal(message, byName ? recipient.did : recipient.publicKey);
      expect([...(await open(sealed, recipient))]).toEqual([...message]);
    }),
    { numRuns: 10 },
  );
});

test('the same message seals differently each time', async () => {
  const message = new Uint8Array(8);
  expect(await seal(message, recipient.did)).not.toEqual(await seal(message, recipient.did));
});

test('opens for nobody else', async () => {
  const sealed = await seal(new Uint8Array(8), recipient.did);
  await expect(open(sealed, createKeyPair())).rejects.toMatchObject({ details: { reason: 'unreadable' } });
});

test('any changed or missing byte is noticed', async () => {
  const sealed = await seal(new Uint8Array(4), recipient.did);
  for (let index = 0; index < sealed.length; index += 7) {
    const changed = Uint8Array.from(sealed);
    // The top bit of an X25519 key is ignored by definition, so the lowest one is flipped.
    changed[index] = (changed[index] ?? 0) ^ 1;
    await expect(open(changed, recipient)).rejects.toBeInstanceOf(BonafideError);
    await expect(open(sealed.slice(0, index), recipient)).rejects.toBeInstanceOf(BonafideError);
  }
});

test.each([
  ['no name', 'alice'],
  ['weak key', Uint8Array.of(1, ...new Uint8Array(31))],
  ['31 bytes', new Uint8Array(31)],
  ['no point of the curve', Uint8Array.of(2, ...new Uint8Array(31))],
])('seals for no unsound recipient: %s', async (_, unsound) => {
  await expect(seal(new Uint8Array(1), unsound)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
});
