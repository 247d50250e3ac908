import { z } from 'zod';
import { alert } from '../../models/alert.ts';
import { defineStream } from '../define.ts';

export const watchAlerts = defineStream({
  id: 'alerts.watch',
  summary: 'Follow alerts',
  description: 'Sends the open alerts first, then each new or changed one.',
  access: 'workspace:alerts.read',
  http: { method: 'GET', path: '/v1/alerts/watch' },
  input: z.strictObject({}),
  output: alert,
  errors: [],
});
