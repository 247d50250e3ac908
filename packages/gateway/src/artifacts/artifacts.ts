import { createHash } from 'node:crypto';
import { BonafideError } from '@bonafide/core/errors';
import { type Artifact, MAX_ARTIFACT_BYTES, toCid } from '@bonafide/core/models';
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
  const cid = toCid(digestOf(bytes));
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
  return { cid, digest: digestOf(content), mediaType, sizeBytes: content.length, visibility, createdAt };
}

function digestOf(bytes: Uint8Array): string {
  return `0x${createHash('sha256').update(bytes).digest('hex')}`;
}
