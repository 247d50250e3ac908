import fc from 'fast-check';
import strict from '../../../vectors/ed25519-strict.json' with { type: 'json' };
import type { CryptoBackend, Verification } from '../backends/backend.ts';
import { concatBytes, fromHex } from '../bytes.ts';
import { keyPairFromSeed } from '../keys.ts';

const keys = strict.cases.map(({ publicKey }) => fromHex(publicKey));
const halves = strict.cases.flatMap(({ signature }) => [
  fromHex(signature).slice(0, 32),
  fromHex(signature).slice(32, 64),
]);
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const point = fc.oneof(fc.constantFrom(...keys), bytes(32));
const half = fc.oneof(fc.constantFrom(...halves), bytes(32));

const attempt = fc.record({
  seed: bytes(32),
  message: fc.uint8Array({ maxLength: 200 }),
  publicKey: fc.option(point, { freq: 2 }),
  r: fc.option(half, { freq: 2 }),
  s: fc.option(half, { freq: 2 }),
  flip: fc.option(fc.nat({ max: 511 }), { freq: 2 }),
});

/**
 * What a backend says to the same made-up inputs everywhere: good signatures of random keys, with key, R or S exchanged
 * for hostile ones and bits flipped. One character per input; equal strings mean that two backends agree.
 */
export async function hostileVerdicts(
  backend: CryptoBackend,
  { seed, count }: { seed: number; count: number },
): Promise<string> {
  let verdicts = '';
  for (const sample of fc.sample(attempt, { seed, numRuns: count })) {
    const key = keyPairFromSeed(sample.seed);
    const good = await backend.prepareSign(key)(sample.message);
    const signature = concatBytes(sample.r ?? good.slice(0, 32), sample.s ?? good.slice(32));
    if (sample.flip !== null) flipBit(signature, sample.flip);
    const verification = { publicKey: sample.publicKey ?? key.publicKey, message: sample.message, signature };
    verdicts += await verdict(backend, verification);
  }
  return verdicts;
}

async function verdict(backend: CryptoBackend, verification: Verification): Promise<string> {
  const isValid = await backend.verify(verification);
  if (backend.verifySync && backend.verifySync(verification) !== isValid) return '!';
  return isValid ? '1' : '0';
}

function flipBit(target: Uint8Array, bit: number): void {
  const index = bit >> 3;
  target[index] = (target[index] ?? 0) ^ (1 << (bit & 7));
}
