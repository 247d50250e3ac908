import { z } from 'zod';
import { timestamp } from './common.ts';

export const metricSample = z.strictObject({
  name: z.string().regex(/^[a-zA-Z_:][a-zA-Z0-9_:.]{0,127}$/, 'must be a metric name such as queue_depth'),
  value: z.number(),
  type: z.enum(['counter', 'gauge', 'histogram']).default('gauge'),
  unit: z.string().max(32).optional().meta({ description: 'As in UCUM, such as ms or By' }),
  labels: z.record(z.string().max(64), z.string().max(256)).optional(),
  at: timestamp.optional().meta({ description: 'Absent: when the gateway got it' }),
});
export type MetricSample = z.infer<typeof metricSample>;

/** A sample with who sent it, stamped by the gateway. */
export const metricReport = z.object({
  source: z.string(),
  at: timestamp,
  samples: z.array(metricSample),
  raw: z.json().optional(),
});
export type MetricReport = z.infer<typeof metricReport>;
