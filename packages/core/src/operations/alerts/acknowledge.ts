import { z } from 'zod';
import { alert } from '../../models/alert.ts';
import { id } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const acknowledgeAlert = defineOperation({
  id: 'alerts.acknowledge',
  summary: 'Say that somebody looks at an alert; people only',
  description: 'Marks an open alert as seen; it still counts against the trust of its agent.',
  risk: 'low',
  access: 'workspace:alerts.manage',
  http: { method: 'POST', path: '/v1/alerts/{alertId}/acknowledge' },
  input: z.strictObject({ alertId: id, note: z.string().max(1000).optional() }),
  output: alert,
  errors: ['NOT_FOUND', 'CONFLICT'],
  idempotent: true,
});
