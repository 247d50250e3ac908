import { z } from 'zod';
import { id, timestamp } from './common.ts';

/** `owner` may do everything a person may; `enrolment` may only register agents; `reader` may only read. */
export const tokenRole = z.enum(['owner', 'enrolment', 'reader']);

export const token = z.object({
  tokenId: id,
  workspace: z.string(),
  name: z.string(),
  role: tokenRole,
  createdAt: timestamp,
  expiresAt: timestamp.optional(),
  revokedAt: timestamp.optional(),
});
export type Token = z.infer<typeof token>;
