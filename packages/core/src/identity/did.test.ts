import fc from 'fast-check';
import { expect, test } from 'vitest';
import { did as didModel } from '../models/common.ts';
import { fromDid, isDid, toDid } from './did.ts';
import { createKeyPair, keyPairFromSeed } from './keys.ts';
import { isWeakPublicKey } from './points.ts';

const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });

test('every key has one name, which the models accept, and every name one key', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (publicKey) => {
      fc.pre(!isWeakPublicKey(publicKey));
      const did = toDid(publicKey);
      expect(didModel.parse(did)).toBe(did);
      expect([...fromDid(did)]).toEqual([...publicKey]);
    }),
  );
});

test('a name changed in one character is refused or names another key', () => {
  const { did } = createKeyPair();
  fc.assert(
    fc.property(fc.nat({ max: 55 }), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
      const changed = did.slice(0, at) + character + did.slice(at + 1);
      fc.pre(changed !== did && isDid(changed));
      expect(toDid(fromDid(changed))).toBe(changed);
      expect([...fromDid(changed)]).not.toEqual([...fromDid(did)]);
    }),
  );
});

test('the key of a seed is never weak', () => {
  fc.assert(fc.property(seed, (bytes) => isDid(keyPairFromSeed(bytes).did)));
});

test('a caller may change the bytes it got without changing what others get', () => {
  const { did } = createKeyPair();
  fromDid(did).fill(0);
  expect(toDid(fromDid(did))).toBe(did);
});
