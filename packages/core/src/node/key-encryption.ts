import { randomBytes, scrypt } from 'node:crypto';
import nacl from 'tweetnacl';
import { z } from 'zod';
import { fromBase64Url, toBase64Url } from '../identity/bytes.ts';

const KEY_BYTES = nacl.secretbox.keyLength;
const COST = { N: 2 ** 17, r: 8, p: 1 } as const;

function bytesOf(length: number) {
  return z
    .string()
    .length(Math.ceil((length * 4) / 3))
    .regex(/^[A-Za-z0-9_-]+$/);
}

// The bounds keep a planted file from exhausting memory: scrypt takes 128 * N * r bytes.
const costSchema = z.strictObject({
  N: z.literal([2 ** 15, 2 ** 16, 2 ** 17, 2 ** 18, 2 ** 19, 2 ** 20]),
  r: z.literal(8),
  p: z.int().min(1).max(4),
});

/** A seed in a NaCl secretbox under an scrypt key. */
export const encryptedSeedSchema = z.strictObject({
  kdf: z.literal('scrypt'),
  cost: costSchema,
  salt: bytesOf(16),
  nonce: bytesOf(nacl.secretbox.nonceLength),
  box: bytesOf(32 + nacl.secretbox.overheadLength),
});

type EncryptedSeed = z.infer<typeof encryptedSeedSchema>;
type Cost = z.infer<typeof costSchema>;

export async function encryptSeed(seed: Uint8Array, passphrase: string): Promise<EncryptedSeed> {
  const salt = randomBytes(16);
  const nonce = randomBytes(nacl.secretbox.nonceLength);
  const box = nacl.secretbox(seed, nonce, await deriveKey(passphrase, { salt, cost: COST }));
  return {
    kdf: 'scrypt',
    cost: COST,
    salt: toBase64Url(salt),
    nonce: toBase64Url(nonce),
    box: toBase64Url(box),
  };
}

/** The seed, or undefined when the passphrase is wrong or the box was changed: the two cannot be told apart. */
export async function decryptSeed(
  encrypted: EncryptedSeed,
  passphrase: string,
): Promise<Uint8Array | undefined> {
  const key = await deriveKey(passphrase, { salt: fromBase64Url(encrypted.salt), cost: encrypted.cost });
  return nacl.secretbox.open(fromBase64Url(encrypted.box), fromBase64Url(encrypted.nonce), key) ?? undefined;
}

// Unicode has several spellings of one passphrase, and keyboards differ in which they send.
function deriveKey(
  passphrase: string,
  { salt, cost }: { salt: Uint8Array; cost: Cost },
): Promise<Uint8Array> {
  const options = { ...cost, maxmem: 256 * cost.N * cost.r };
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
