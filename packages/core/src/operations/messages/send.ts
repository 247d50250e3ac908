import { z } from 'zod';
import { addressText } from '../../models/address.ts';
import { id } from '../../models/common.ts';
import { messageId, messageKind } from '../../models/message.ts';
import { defineOperation } from '../define.ts';

export const sendMessage = defineOperation({
  id: 'messages.send',
  summary: 'Send a message to another principal',
  description:
    'Puts a message into the inbox of another principal, where it is kept until it is acknowledged, also while the recipient is away. Answers come into your own inbox: messages.list.',
  risk: 'low',
  access: 'workspace:messages.write',
  http: { method: 'POST', path: '/v1/messages' },
  input: z.strictObject({
    to: addressText,
    kind: messageKind.default('chat'),
    body: z.json(),
    messageId: messageId.optional().meta({ isForPrograms: true }),
    replyTo: messageId.optional(),
    expiresInSeconds: z.int().min(1).max(2_592_000).optional().meta({ isForPrograms: true }),
    grantId: id.optional().meta({ description: 'To act for a user, within this grant', isForPrograms: true }),
  }),
  output: z.object({ messageId: z.string(), sequence: z.int(), isDuplicate: z.boolean() }),
  errors: ['NOT_FOUND', 'PAYLOAD_TOO_LARGE', 'LIMIT_EXCEEDED'],
  toolset: 'coordination',
  idempotent: true,
});
