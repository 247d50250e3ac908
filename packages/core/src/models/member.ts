import { z } from 'zod';
import { id, timestamp } from './common.ts';

/**
 * `owner` does everything a person may; `approver` decides approvals, capabilities and alerts; `auditor` reads everything,
 * the audit log and reports included; `member` reads what agents do and gives feedback.
 */
export const memberRole = z.enum(['owner', 'approver', 'auditor', 'member']);

/** A person in a workspace. */
export const member = z.object({
  memberId: id,
  workspace: z.string(),
  name: z.string(),
  email: z.string().optional(),
  role: memberRole,
  status: z.enum(['invited', 'active', 'removed']),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type Member = z.infer<typeof member>;
