import { z } from 'zod';
import { BonafideError } from '../errors.ts';
import { fromBase64Url, toBase64Url } from '../identity/bytes.ts';
import { type KeyPair, keyPairFromSeed } from '../identity/keys.ts';
import { decryptSeed, encryptedSeedSchema, encryptSeed } from './key-encryption.ts';

const header = { v: z.literal(1), did: z.string(), createdAt: z.iso.datetime() };
const plainFile = z.strictObject({ ...header, seed: z.string() });
const encryptedFile = z.strictObject({ ...header, encryptedSeed: encryptedSeedSchema });
const keyFile = z.union([plainFile, encryptedFile]);

/** The text of a key file; with a passphrase the seed is encrypted. */
export async function formatKeyFile(
  key: KeyPair,
  { passphrase, now }: { passphrase: string | undefined; now: Date },
): Promise<string> {
  const secret =
    passphrase === undefined
      ? { seed: toBase64Url(key.seed) }
      : { encryptedSeed: await encryptSeed(key.seed, passphrase) };
  return `${JSON.stringify({ v: 1, did: key.did, createdAt: now.toISOString(), ...secret }, null, 2)}\n`;
}

/** The key pair in the text of a key file. `path` is named in errors, the contents never are. */
export async function parseKeyFile(
  text: string,
  { passphrase, path }: { passphrase: string | undefined; path: string },
): Promise<KeyPair> {
  const file = parseFile(text, path);
  const seed = await readSeed(file, { passphrase, path });
  const key = toKeyPair(seed);
  if (key?.did !== file.did) throw broken(path);
  return key;
}

async function readSeed(
  file: z.infer<typeof keyFile>,
  { passphrase, path }: { passphrase: string | undefined; path: string },
): Promise<Uint8Array> {
  if ('seed' in file) {
    if (passphrase === undefined) return decodeSeed(file.seed, path);
    throw keyFileError(
      'not-encrypted',
      `The key file ${path} is not encrypted, although a passphrase was given.`,
    );
  }
  if (passphrase === undefined) {
    throw keyFileError('passphrase-needed', `The key file ${path} is encrypted. Give its passphrase.`);
  }
  const seed = await decryptSeed(file.encryptedSeed, passphrase);
  if (!seed) throw keyFileError('wrong-passphrase', `The passphrase does not open the key file ${path}.`);
  return seed;
}

function parseFile(text: string, path: string): z.infer<typeof keyFile> {
  try {
    return keyFile.parse(JSON.parse(text));
  } catch {
    throw broken(path);
  }
}

function decodeSeed(text: string, path: string): Uint8Array {
  try {
    return fromBase64Url(text);
  } catch {
    throw broken(path);
  }
}

function toKeyPair(seed: Uint8Array): KeyPair | undefined {
  return seed.length === 32 ? keyPairFromSeed(seed) : undefined;
}

function broken(path: string): BonafideError {
  return keyFileError(
    'broken',
    `The key file ${path} is damaged. Restore it from a backup; it is never overwritten.`,
  );
}

/** An error about a key file; `details.reason` says which of its rules was broken. */
export function keyFileError(reason: string, message: string, cause?: unknown): BonafideError {
  return new BonafideError('VALIDATION_FAILED', message, { details: { reason }, cause });
}
