import { z } from 'zod';
import { metricSample } from '../../models/metric.ts';
import { defineOperation } from '../define.ts';

export const reportMetrics = defineOperation({
  id: 'metrics.report',
  summary: 'Report measurements',
  description:
    'Sends samples, or any JSON as raw, to the metrics bridges of the workspace, which get them also later when they are away.',
  risk: 'low',
  access: 'workspace:metrics.write',
  http: { method: 'POST', path: '/v1/metrics' },
  input: z.strictObject({ samples: z.array(metricSample).max(1024).default([]), raw: z.json().optional() }),
  output: z.object({ accepted: z.int() }),
  errors: ['PAYLOAD_TOO_LARGE'],
  toolset: 'coordination',
  idempotent: false,
});
