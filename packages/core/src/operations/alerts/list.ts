import { z } from 'zod';
import { alert, alertSeverity, alertType } from '../../models/alert.ts';
import { id, page, pageInput } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const listAlerts = defineOperation({
  id: 'alerts.list',
  summary: 'List alerts',
  description: 'Lists what people should look at: low trust, drift of MCP servers, tampering, newest first.',
  risk: 'none',
  access: 'workspace:alerts.read',
  http: { method: 'GET', path: '/v1/alerts' },
  input: z.strictObject({
    status: z.enum(['open', 'acknowledged', 'resolved']).optional(),
    type: alertType.optional(),
    severity: alertSeverity.optional(),
    agentId: id.optional(),
    ...pageInput,
  }),
  output: page(alert),
  errors: [],
  toolset: 'governance',
  idempotent: true,
});
