import sodium from 'sodium-native';
import { describe, expect, it } from 'vitest';
import vectors from '../../../vectors/ed25519-rfc8032.json' with { type: 'json' };
import { createSodiumBackend } from '../../node/sodium-backend.ts';
import { fromHex } from '../bytes.ts';
import { createNodeBackend } from './node.ts';
import { createTweetnaclBackend } from './tweetnacl.ts';

const backends = [createNodeBackend(), createTweetnaclBackend(), createSodiumBackend(sodium)];

describe.each(backends)('$name on the calling thread', (backend) => {
  it('signs as RFC 8032 does', () => {
    for (const { seed, publicKey, message, signature } of vectors.cases) {
      const sign = backend?.prepareSignSync?.({ seed: fromHex(seed), publicKey: fromHex(publicKey) });
      expect(Buffer.from(sign?.(fromHex(message)) ?? []).toString('hex')).toBe(signature);
    }
  });
});
