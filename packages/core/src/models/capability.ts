import { z } from 'zod';
import { id, timestamp } from './common.ts';

/** An action name, where `*` stands for any run of characters: `db.read_*`. */
export const capabilityPattern = z
  .string()
  .regex(/^[a-zA-Z0-9*][a-zA-Z0-9:._/*-]{0,126}$/, 'must be 1-127 letters, digits, or : . _ / - *')
  .meta({ description: 'Action name; * stands for any run of characters' });

export const capabilityStatus = z.enum(['requested', 'granted', 'denied', 'revoked', 'expired']);

/** What an agent may do, or asks to be allowed to do. Only people grant one. */
export const capabilityGrant = z.object({
  capabilityId: id,
  workspace: z.string(),
  agentId: id,
  capability: capabilityPattern,
  resource: z.string().optional().meta({ description: 'Covers only these resources; * as above' }),
  status: capabilityStatus,
  reason: z.string().meta({ description: 'Why it was asked for or granted' }),
  decidedBy: z.string().optional(),
  decisionReason: z.string().optional(),
  expiresAt: timestamp.optional(),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type CapabilityGrant = z.infer<typeof capabilityGrant>;
