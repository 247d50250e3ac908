import { createHash } from 'node:crypto';
import { BonafideError } from '@bonafide/core/errors';
import { type Artifact, MAX_ARTIFACT_BYTES } from '@bonafide/core/models';
import type { Transaction } from '../ledger.ts';
import type { StoredArtifact } from '../stores/store.ts';

export interface Upload {
  /** base64 */
  readonly content: string;
  readonly mediaType: string;
  readonly visibility?: Artifact['visibility'] | undefined;
}

/** Stores bytes under their hash; the same bytes again are the same artifact. */
export function putArtifact(
  tx: Transaction,
  { content, mediaType, visibility = 'workspace' }: Upload,
): Artifact {
  const bytes = Buffer.from(content, 'base64');
  if (bytes.length > MAX_ARTIFACT_BYTES) {
    throw new BonafideError('PAYLOAD_TOO_LARGE', `An artifact has at most ${MAX_ARTIFACT_BYTES} bytes.`);
  }
  const cid = toCid(sha256(bytes));
  const { workspace, now } = tx;
  tx.tables.artifacts.put({ workspace, cid, visibility, mediaType, content: bytes, createdAt: now });
  const stored = tx.tables.artifacts.get(workspace, cid);
  if (!stored) throw new BonafideError('INTERNAL', 'The artifact was not stored.');
  const artifact = toArtifact(stored);
  const { digest, sizeBytes } = artifact;
  tx.record({
    type: 'artifact.stored',
    subject: cid,
    data: { cid, digest, sizeBytes, mediaType: artifact.mediaType, visibility: artifact.visibility },
  });
  return artifact;
}

export function toArtifact({ cid, visibility, mediaType, content, createdAt }: StoredArtifact): Artifact {
  const digest = `0x${Buffer.from(sha256(content)).toString('hex')}`;
  return { cid, digest, mediaType, sizeBytes: content.length, visibility, createdAt };
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** CIDv1, raw bytes (0x55), sha2-256 (0x12) of 32 bytes (0x20), in base32 (multibase `b`). */
function toCid(digest: Uint8Array): string {
  const bytes = Uint8Array.of(0x01, 0x55, 0x12, 0x20, ...digest);
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return `b${groups.map((group) => BASE32[Number.parseInt(group.padEnd(5, '0'), 2)]).join('')}`;
}
