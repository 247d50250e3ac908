import { z } from 'zod';
import { capabilityPattern } from './capability.ts';
import { risk, timestamp } from './common.ts';

/** How a workspace is governed; every field has a default. */
export const workspaceSettings = z.strictObject({
  minimumRisks: z
    .array(z.strictObject({ action: capabilityPattern, risk }))
    .max(200)
    .meta({ description: 'Least risk of the actions a pattern names, over what the server demands' }),
  criticalApprovers: z
    .int()
    .min(1)
    .max(2)
    .meta({ description: 'How many different people must approve a critical action' }),
  redactedFields: z
    .array(z.string().min(1).max(100))
    .max(100)
    .meta({ description: 'Parameter names kept out of log, events and reports, beside the usual secrets' }),
  auditRetentionDays: z
    .int()
    .min(1)
    .max(36_500)
    .nullable()
    .meta({ description: 'After which the data of an entry is removed; its proof stays valid. null: never' }),
  trustAlertBelow: z.number().min(0).max(1).meta({ description: 'A score under this raises an alert' }),
  driftNeedsApproval: z
    .boolean()
    .meta({ description: 'Actions on a drifted MCP server wait for a person until the change is approved' }),
});
export type WorkspaceSettings = z.infer<typeof workspaceSettings>;

export const workspace = z.object({
  name: z.string(),
  displayName: z.string().optional(),
  tenant: z.string().meta({ description: 'The workspace beside which it was made, itself for the first' }),
  settings: workspaceSettings,
  createdAt: timestamp,
});
export type Workspace = z.infer<typeof workspace>;
