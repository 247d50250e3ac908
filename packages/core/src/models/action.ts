import { z } from 'zod';
import { auditReceipt } from './audit.ts';
import { id, jsonObject, risk, timestamp } from './common.ts';
import { decisionStatus } from './policy.ts';

export const actionName = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9:._/-]{0,126}$/, 'must be 1-127 letters, digits, or : . _ / -');

/** Decided first (approved, denied, pending, expired), then under way (running) and ended (executed, failed). */
export const actionStatus = z.enum([
  'approved',
  'denied',
  'pending',
  'expired',
  'running',
  'executed',
  'failed',
]);

/** What an agent asks to do; the digest binds an approval to exactly these parameters. */
export const actionRequest = z.strictObject({
  action: actionName,
  parameters: jsonObject.optional().meta({ description: 'Exactly what will run; shown to the approver' }),
  risk: risk.optional().meta({ description: 'May raise the risk the server assigns, never lower it' }),
  resource: z.string().max(500).optional(),
});

export const action = z.object({
  actionId: id,
  workspace: z.string().meta({ isForPrograms: true }),
  agentId: id,
  action: z.string(),
  parameters: jsonObject,
  parametersDigest: z
    .string()
    .meta({ description: 'sha-256 of the canonical parameters (RFC 8785), base64url' }),
  resource: z.string().optional(),
  risk,
  status: actionStatus,
  reason: z.string().meta({ description: 'Why it was decided so' }),
  rule: z.string().optional().meta({ description: 'Id of the rule that decided' }),
  policyVersion: z.int().optional().meta({ isForPrograms: true }),
  shadow: z
    .object({ version: z.int(), status: decisionStatus, rule: z.string() })
    .optional()
    .meta({ description: 'Only where the shadow policies would decide otherwise', isForPrograms: true }),
  approvalId: id.optional(),
  result: z.json().optional(),
  error: z.string().optional(),
  createdAt: timestamp.meta({ isForPrograms: true }),
  updatedAt: timestamp.meta({ isForPrograms: true }),
});
export type Action = z.infer<typeof action>;

/** An action with the gateway's promise that what happened to it is in the audit log. */
export const recordedAction = z.object({
  ...action.shape,
  receipt: auditReceipt.meta({ isForPrograms: true }),
});
export type RecordedAction = z.infer<typeof recordedAction>;
