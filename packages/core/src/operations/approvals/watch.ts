import { z } from 'zod';
import { approval } from '../../models/approval.ts';
import { defineStream } from '../define.ts';

export const watchApprovals = defineStream({
  id: 'approvals.watch',
  summary: 'Follow approvals as they are asked and decided',
  description: 'Streams every pending approval now and each change after.',
  access: 'workspace:approvals.read',
  http: { method: 'GET', path: '/v1/approvals/watch' },
  input: z.strictObject({}),
  output: approval,
  errors: [],
});
