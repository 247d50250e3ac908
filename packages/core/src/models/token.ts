import { z } from 'zod';
import { id, timestamp } from './common.ts';
import { memberRole } from './member.ts';

/** A person's role, or a machine's: `enrolment` may only register agents; `reader` may only read. */
export const tokenRole = z.enum([...memberRole.options, 'enrolment', 'reader']);

export const token = z.object({
  tokenId: id,
  workspace: z.string(),
  name: z.string(),
  role: tokenRole,
  memberId: id.optional().meta({ description: 'Whose it is; absent for machines' }),
  createdAt: timestamp,
  expiresAt: timestamp.optional(),
  revokedAt: timestamp.optional(),
});
export type Token = z.infer<typeof token>;
