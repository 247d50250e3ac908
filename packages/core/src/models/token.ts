import { z } from 'zod';
import { id, timestamp } from './common.ts';
import { memberRole } from './member.ts';

/** A person's role, or a machine's: `enrolment` may only register agents; `reader` may only read. */
export const tokenRole = z.enum([...memberRole.options, 'enrolment', 'reader']);

/** `task`: of an instance that an orchestrator starts, for its address alone; nobody makes such a token by hand. */
const anyTokenRole = z.enum([...tokenRole.options, 'task']);

export const token = z.object({
  tokenId: id,
  workspace: z.string(),
  name: z.string(),
  role: anyTokenRole,
  memberId: id.optional().meta({ description: 'Whose it is; absent for machines' }),
  address: z.string().optional().meta({ description: 'The only address it connects as' }),
  createdAt: timestamp,
  expiresAt: timestamp.optional(),
  revokedAt: timestamp.optional(),
});
export type Token = z.infer<typeof token>;
