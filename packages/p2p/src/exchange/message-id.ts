import { toBase64Url } from '@bonafide/core/identity';

// Not crypto.randomUUID: pages without TLS have none.
export function newMessageId(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(16)));
}
