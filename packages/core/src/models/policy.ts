import { z } from 'zod';
import { id, risk, timestamp } from './common.ts';

/** Cedar policy text. */
export const cedarText = z.string().max(100_000).meta({ description: 'Cedar policies' });

/** `enforce` decides; `shadow` is only evaluated beside it, and where it would differ is recorded. */
export const policyMode = z.enum(['enforce', 'shadow']);

/** One version of the policies of a workspace; they add to the defaults, which always hold. */
export const policy = z.object({
  workspace: z.string(),
  version: z.int().meta({ description: 'From 1; 0 means the defaults alone' }),
  mode: policyMode,
  isActive: z.boolean().meta({ description: 'Whether this version is the one in force in its mode' }),
  cedar: cedarText,
  note: z.string().optional(),
  createdBy: z.string(),
  createdAt: timestamp,
});
export type Policy = z.infer<typeof policy>;

/** What is wrong, or suspicious, about a policy text. */
export const policyIssue = z.object({
  severity: z.enum(['error', 'warning']),
  message: z.string(),
  help: z.string().optional(),
  policyId: z.string().optional(),
  line: z.int().optional().meta({ description: 'From 1' }),
  column: z.int().optional().meta({ description: 'From 1' }),
});
export type PolicyIssue = z.infer<typeof policyIssue>;

export const decisionStatus = z.enum(['approved', 'denied', 'pending']);

/** A decision with everything that led to it. */
export const explanation = z.object({
  status: decisionStatus,
  risk,
  reason: z.string(),
  rule: z.string().meta({ description: 'Id of the rule that decided' }),
  policyVersion: z.int(),
  agentId: id,
  agentStatus: z.string(),
  trust: z.number(),
  requestedRisk: risk.optional(),
  minimumRisk: risk.meta({ description: 'What the server demands for this action name' }),
  minimumRiskFrom: z.string().meta({ description: 'Where the minimum comes from' }),
  capabilityId: id.optional().meta({ description: 'The granted capability that covers the action' }),
  evaluations: z
    .array(
      z.object({
        approved: z.boolean().meta({ description: 'context.approved of this evaluation' }),
        isPermitted: z.boolean(),
        determinedBy: z.array(z.string()),
        errors: z.array(z.string()),
      }),
    )
    .meta({ description: 'Denied without approval and permitted with it means: ask a person' }),
});
export type Explanation = z.infer<typeof explanation>;
