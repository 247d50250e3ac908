import { z } from 'zod';
import { metricReport } from '../../models/metric.ts';
import { defineStream } from '../define.ts';

export const watchMetrics = defineStream({
  id: 'metrics.watch',
  summary: 'Follow measurements as they come',
  description: 'Streams each report of the workspace from now on, whatever bridges there are.',
  access: 'workspace:metrics.read',
  http: { method: 'GET', path: '/v1/metrics/watch' },
  input: z.strictObject({ name: z.string().max(128).optional() }),
  output: metricReport,
  errors: [],
});
