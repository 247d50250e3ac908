import { z } from 'zod';
import { alert } from '../../models/alert.ts';
import { id } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const resolveAlert = defineOperation({
  id: 'alerts.resolve',
  summary: 'Close an alert; people only',
  description:
    'A false alarm no longer counts against the trust of its agent; what was fixed or accepted does until it is 30 days old.',
  risk: 'medium',
  access: 'workspace:alerts.manage',
  http: { method: 'POST', path: '/v1/alerts/{alertId}/resolve' },
  input: z.strictObject({
    alertId: id,
    resolution: z.enum(['fixed', 'falseAlarm', 'accepted']),
    note: z.string().max(1000).optional(),
  }),
  output: alert,
  errors: ['NOT_FOUND', 'CONFLICT'],
  idempotent: true,
});
