import { z } from 'zod';
import { id, timestamp } from './common.ts';

/** Where events are sent, signed as Standard Webhooks has it. */
export const webhook = z.object({
  webhookId: id,
  workspace: z.string(),
  url: z.string(),
  types: z.array(z.string()).meta({ description: 'Event types; approval.* covers all of approvals' }),
  status: z.enum(['active', 'disabled']),
  disabledReason: z.string().optional().meta({ description: 'Why nothing is sent any more' }),
  createdBy: z.string(),
  createdAt: timestamp,
});
export type Webhook = z.infer<typeof webhook>;

export const deliveryStatus = z.enum(['pending', 'delivered', 'failed']);

/** One event on its way to one webhook. */
export const delivery = z.object({
  deliveryId: id.meta({ description: 'Sent as webhook-id; the same for every attempt' }),
  webhookId: id,
  eventId: z.string().meta({ description: 'Id of the event that is sent' }),
  type: z.string(),
  status: deliveryStatus,
  attempts: z.int(),
  lastStatus: z.int().optional().meta({ description: 'HTTP status of the last answer' }),
  lastError: z.string().optional(),
  nextAttemptAt: timestamp.optional(),
  createdAt: timestamp,
  deliveredAt: timestamp.optional(),
});
export type Delivery = z.infer<typeof delivery>;
