import { z } from 'zod';
import { id, timestamp } from './common.ts';

/** What a message is about; handlers are registered by it. */
export const messageKind = z.enum([
  'chat',
  'control',
  'tool_call',
  'event',
  'metric',
  'signal',
  'progress',
  'assignment',
]);
export type MessageKind = z.infer<typeof messageKind>;

/** Largest body of a message as JSON text, in bytes. */
export const MAX_MESSAGE_BYTES = 1_048_576;

/** A message as its recipient gets it: `from` is stamped by the gateway. */
export const message = z.object({
  messageId: z.string().meta({ description: 'Made by the sender; the same when it is sent again' }),
  from: z.string(),
  to: z.string(),
  kind: messageKind,
  body: z.json(),
  sequence: z.int().meta({ description: 'Rises in the inbox of the recipient; what acknowledges it' }),
  sentAt: timestamp,
  expiresAt: timestamp.optional().meta({ isForPrograms: true }),
  replyTo: z.string().optional().meta({ description: 'messageId of what this answers' }),
  onBehalfOf: z
    .string()
    .optional()
    .meta({ description: 'Address of the user it was sent for, checked by the gateway' }),
  attempt: z
    .int()
    .min(1)
    .meta({ isForPrograms: true, description: 'How often it has been delivered, this time included' }),
});
export type Message = z.infer<typeof message>;

/** Ids are chosen by senders, so that sending again is recognised. */
export const messageId = z.string().regex(/^[\x21-\x7e]{1,64}$/, 'must be 1-64 visible ASCII characters');

/** What waits in one inbox, and what became of the rest. */
export const queue = z.object({
  address: z.string(),
  isConnected: z.boolean(),
  pending: z.int().meta({ description: 'Not yet acknowledged' }),
  pendingBytes: z.int(),
  oldestAt: timestamp.optional(),
  delivered: z.int().meta({ description: 'Acknowledged since the inbox exists' }),
  expired: z.int(),
  deadLettered: z.int(),
});
export type Queue = z.infer<typeof queue>;

/** A message that nobody took: why, and the message itself. */
export const deadLetter = z.object({
  deadLetterId: id,
  reason: z.enum(['rejected', 'attempts', 'expired', 'overflow']),
  detail: z.string().optional(),
  at: timestamp,
  message,
});
export type DeadLetter = z.infer<typeof deadLetter>;
