import { z } from 'zod';
import { jsonObject, timestamp } from './common.ts';

/** A CloudEvents 1.0 event as the gateway streams it; `id` rises monotonically and is the resume cursor. */
export const event = z.object({
  specversion: z.literal('1.0'),
  id: z.string(),
  source: z.string(),
  type: z.string(),
  subject: z.string(),
  time: timestamp,
  data: jsonObject,
});
export type Event = z.infer<typeof event>;
