import type { CryptoBackend } from './backend.ts';
import { createNodeBackend } from './node.ts';
import { createTweetnaclBackend } from './tweetnacl.ts';
import { createWebBackend } from './web.ts';

let selected: Promise<CryptoBackend> | undefined;

/** The fastest backend this runtime has: node:crypto, else WebCrypto with Ed25519, else tweetnacl. One per process. */
export function selectBackend(): Promise<CryptoBackend> {
  selected ??= select();
  return selected;
}

async function select(): Promise<CryptoBackend> {
  return createNodeBackend() ?? (await createWebBackend()) ?? createTweetnaclBackend();
}
