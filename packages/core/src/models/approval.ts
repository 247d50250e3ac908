import { z } from 'zod';
import { id, jsonObject, risk, timestamp } from './common.ts';

export const approvalStatus = z.enum(['pending', 'approved', 'denied', 'expired']);

/** A question to a person: exactly what will run, asked by whom, until when. */
export const approval = z.object({
  approvalId: id,
  workspace: z.string(),
  actionId: id,
  agentId: id,
  agentName: z.string(),
  action: z.string(),
  resource: z.string().optional(),
  parameters: jsonObject,
  parametersDigest: z.string(),
  risk,
  status: approvalStatus,
  reason: z.string().optional(),
  policyVersion: z.int().meta({ description: 'Under which the question arose' }),
  approvalsNeeded: z.int().meta({ description: 'How many different people must approve' }),
  votes: z.array(
    z.object({
      decision: z.enum(['approve', 'deny']),
      decidedBy: z.string(),
      reason: z.string().optional(),
      at: timestamp,
    }),
  ),
  decidedBy: z.string().optional(),
  decidedAt: timestamp.optional(),
  createdAt: timestamp,
  expiresAt: timestamp,
});
export type Approval = z.infer<typeof approval>;
