import { sha256 as portableSha256 } from '@noble/hashes/sha2';
import { toBase64, toUtf8 } from './bytes.ts';
import { findNodeCrypto } from './node-crypto.ts';

const node = findNodeCrypto();

/** SHA-256, synchronous everywhere: WebCrypto only has it asynchronously, and not at all on plain http pages. */
export const sha256: (bytes: Uint8Array) => Uint8Array = node
  ? (bytes) => node.hash('sha256', bytes, 'buffer')
  : (bytes) => portableSha256(bytes);

/** SHA-256 of the UTF-8 bytes of a text. */
export const sha256OfText: (text: string) => Uint8Array = node
  ? (text) => node.hash('sha256', text, 'buffer')
  : (text) => portableSha256(toUtf8(text));

/** The same digest as padded base64, the form of RFC 9530. */
export const sha256Base64: (bytes: Uint8Array) => string = node
  ? (bytes) => node.hash('sha256', bytes, 'base64')
  : (bytes) => toBase64(portableSha256(bytes));
