import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromCid, toCid } from './cid.ts';

const digestOf = (text: string): string => `0x${createHash('sha256').update(text).digest('hex')}`;

describe('cid', () => {
  it('names the well-known content of other implementations', () => {
    expect(toCid(digestOf('hello world'))).toBe(
      'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e',
    );
  });

  it('reads back every digest', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const digest = `0x${Buffer.from(bytes).toString('hex')}`;
        expect(fromCid(toCid(digest))).toBe(digest);
      }),
    );
  });

  it.each(['', 'bafy', `b${'a'.repeat(58)}`, `bafk${'a'.repeat(55)}`, toCid(digestOf('x')).toUpperCase()])(
    'refuses %j',
    (cid) => {
      expect(() => fromCid(cid)).toThrow(/CIDv1/);
    },
  );

  it('refuses a short digest', () => {
    expect(() => toCid('0x12')).toThrow(/32-byte/);
  });
});
