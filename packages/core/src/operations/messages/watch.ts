import { z } from 'zod';
import { addressText } from '../../models/address.ts';
import { message } from '../../models/message.ts';
import { defineStream } from '../define.ts';

export const watchMessages = defineStream({
  id: 'messages.watch',
  summary: 'Follow the own inbox',
  description:
    'Streams what is in the inbox and then each message as it comes; acknowledging stays with messages.acknowledge. A session gets messages without this.',
  access: 'workspace:messages.read',
  http: { method: 'GET', path: '/v1/messages/watch' },
  input: z.strictObject({ address: addressText.optional() }),
  output: message,
  errors: ['FORBIDDEN'],
});
