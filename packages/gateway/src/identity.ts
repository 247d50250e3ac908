/// <reference path="./sodium-native.d.ts" />
import { readFileSync, writeFileSync } from 'node:fs';
import { BonafideError } from '@bonafide/core/errors';
import {
  type CryptoBackend,
  createKeyPair,
  createNodeBackend,
  type KeyPair,
  parsePrivateKey,
  toBase64Url,
} from '@bonafide/core/identity';
import { createSodiumBackend, type SodiumNative } from '@bonafide/core/node';

/** The key beside the database, readable by its owner only; made at the first start. */
export function loadOrCreateKey(path: string): KeyPair {
  const fresh = createKeyPair();
  try {
    // `wx` decides between two gateways that start at once: one writes, the other reads.
    writeFileSync(path, `${toBase64Url(fresh.seed)}\n`, { flag: 'wx', mode: 0o600 });
    return fresh;
  } catch (error) {
    if (!isExisting(error)) throw error;
    return parsePrivateKey(readFileSync(path, 'utf8'));
  }
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

/** libsodium when the optional dependency is installed for this platform, else node:crypto; both verify alike. */
export async function loadBackend(): Promise<CryptoBackend> {
  const sodium = await importSodium();
  const backend = sodium ? createSodiumBackend(sodium) : createNodeBackend();
  if (!backend) throw new BonafideError('UNSUPPORTED', 'This runtime has no node:crypto.');
  return backend;
}

/** What signs with the gateway's key, on the calling thread: inside a commit nothing can be awaited. */
export function createSign(key: KeyPair, backend: CryptoBackend): (bytes: Uint8Array) => Uint8Array {
  if (backend.prepareSignSync) return backend.prepareSignSync(key);
  throw new BonafideError('UNSUPPORTED', `The crypto backend ${backend.name} signs asynchronously only.`);
}

async function importSodium(): Promise<SodiumNative | undefined> {
  try {
    return (await import('sodium-native')).default;
  } catch {
    // Optional: not installed, or no prebuilt binary for this platform.
    return undefined;
  }
}
