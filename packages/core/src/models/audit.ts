import { z } from 'zod';
import { jsonObject, timestamp } from './common.ts';

/** One line of the workspace's audit log: who did what, with which outcome. */
export const auditEntry = z.object({
  sequence: z.int().meta({ description: 'Position in the workspace log, from 1, without gaps' }),
  workspace: z.string(),
  at: timestamp,
  actor: z.string().meta({ description: 'agent:<agentId>, token:<tokenId> or system' }),
  event: z.string().meta({ description: 'What happened, such as action.approved' }),
  subject: z.string().meta({ description: 'Id of what it happened to' }),
  requestId: z.string().optional(),
  data: jsonObject,
});
export type AuditEntry = z.infer<typeof auditEntry>;
