import { digestOf } from '../identity/canonical.ts';
import { sha256OfText } from '../identity/sha256.ts';
import type { AuditEntry } from '../models/audit.ts';

/** What the tree holds of an entry: everything but the data, of which only the digest. */
export type AuditLeaf = Omit<AuditEntry, 'data'>;

/**
 * The text of a leaf: canonical JSON (RFC 8785) of the entry without its data, so data can be removed later and the leaf
 * still holds. Written out in sorted order instead of canonicalised: of strings and integers the two are equal.
 */
export function encodeLeaf(entry: AuditLeaf): string {
  const { actor, at, dataDigest, event, requestId, sequence, subject, workspace } = entry;
  return JSON.stringify({ actor, at, dataDigest, event, requestId, sequence, subject, workspace });
}

/** The leaf hash of an entry. */
export function hashEntry(entry: AuditLeaf): Uint8Array {
  // U+0000 is the one byte 0x00 in UTF-8, the prefix of leaves.
  return sha256OfText(`\0${encodeLeaf(entry)}`);
}

/** Whether the data is what was logged; the leaf binds the digest, not the data itself. */
export function isDataLogged({ data, dataDigest }: AuditEntry): boolean {
  return data === undefined || digestOf(data) === dataDigest;
}
