import { z } from 'zod';
import { id, jsonObject, timestamp } from './common.ts';

export const alertType = z.enum([
  ...([
    'trust.low',
    'approval.tampered',
    'mcp.drift',
    'webhook.failing',
    'policy.failing',
    'workflow.failing',
  ] as const),
]);

export const alertSeverity = z.enum(['info', 'warning', 'high', 'critical']);

/** Something a person should look at. */
export const alert = z.object({
  alertId: id,
  workspace: z.string(),
  type: alertType,
  severity: alertSeverity,
  status: z.enum(['open', 'acknowledged', 'resolved']),
  title: z.string(),
  subject: z.string().meta({ description: 'Id of what it is about' }),
  agentId: id.optional(),
  data: jsonObject,
  createdAt: timestamp,
  acknowledgedBy: z.string().optional(),
  acknowledgedAt: timestamp.optional(),
  resolvedBy: z.string().optional(),
  resolvedAt: timestamp.optional(),
  resolution: z.enum(['fixed', 'falseAlarm', 'accepted']).optional(),
  note: z.string().optional(),
});
export type Alert = z.infer<typeof alert>;
