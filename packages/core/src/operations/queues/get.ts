import { z } from 'zod';
import { addressText } from '../../models/address.ts';
import { queue } from '../../models/message.ts';
import { defineOperation } from '../define.ts';

export const getQueue = defineOperation({
  id: 'queues.get',
  summary: 'Get what waits in one inbox',
  description: 'Returns the counters of one inbox of the workspace.',
  risk: 'none',
  access: 'workspace:queues.read',
  http: { method: 'GET', path: '/v1/queues/{address}' },
  input: z.strictObject({ address: addressText }),
  output: queue,
  errors: ['NOT_FOUND'],
  idempotent: true,
});
