import { z } from 'zod';
import { hash32, timestamp } from './common.ts';

/** Largest artifact content, in bytes before base64. */
export const MAX_ARTIFACT_BYTES = 1_048_576;

export const cid = z.string().regex(/^bafk[a-z2-7]{55}$/, 'must be a CIDv1 (raw, sha2-256, base32)');

/** Bytes named by their own hash; `digest` is the same sha-256 as the CID holds. */
export const artifact = z.object({
  cid,
  digest: hash32,
  mediaType: z.string(),
  sizeBytes: z.int(),
  visibility: z.enum(['workspace', 'public']),
  createdAt: timestamp,
});
export type Artifact = z.infer<typeof artifact>;
