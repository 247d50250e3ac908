import { z } from 'zod';
import { addressText } from '../../models/address.ts';
import { messageKind } from '../../models/message.ts';
import { defineOperation } from '../define.ts';

export const broadcastMessage = defineOperation({
  id: 'messages.broadcast',
  summary: 'Send a message to everybody of a group who is connected',
  description:
    'Sends to the agents or users of a workspace or the windows of a user that are connected now; who is away does not get it later. Returns how many it reached and how many were too slow to take it. For one recipient use messages.send.',
  risk: 'medium',
  access: 'workspace:messages.write',
  http: { method: 'POST', path: '/v1/messages/broadcast' },
  input: z.strictObject({ to: addressText, kind: messageKind.default('chat'), body: z.json() }),
  output: z.object({ reached: z.int(), missed: z.int() }),
  errors: ['PAYLOAD_TOO_LARGE'],
  toolset: 'coordination',
  idempotent: false,
});
