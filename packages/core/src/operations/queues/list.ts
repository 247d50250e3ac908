import { z } from 'zod';
import { page, pageInput } from '../../models/common.ts';
import { queue } from '../../models/message.ts';
import { defineOperation } from '../define.ts';

export const listQueues = defineOperation({
  id: 'queues.list',
  summary: 'List inboxes with what waits in them',
  description:
    'Lists the inboxes of the workspace with what waits, how old the oldest is, and what was delivered, expired or given up.',
  risk: 'none',
  access: 'workspace:queues.read',
  http: { method: 'GET', path: '/v1/queues' },
  input: z.strictObject({ ...pageInput }),
  output: page(queue),
  errors: [],
  idempotent: true,
});
