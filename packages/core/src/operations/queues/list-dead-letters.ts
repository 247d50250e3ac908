import { z } from 'zod';
import { addressText } from '../../models/address.ts';
import { page, pageInput } from '../../models/common.ts';
import { deadLetter } from '../../models/message.ts';
import { defineOperation } from '../define.ts';

export const listDeadLetters = defineOperation({
  id: 'queues.listDeadLetters',
  summary: 'List messages that nobody took',
  description:
    'Lists messages that were rejected, delivered too often, expired or did not fit, newest first, with the reason.',
  risk: 'none',
  access: 'workspace:queues.read',
  http: { method: 'GET', path: '/v1/dead-letters' },
  input: z.strictObject({ address: addressText.optional(), ...pageInput }),
  output: page(deadLetter),
  errors: [],
  idempotent: true,
});
