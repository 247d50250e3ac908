import { z } from 'zod';
import { page, pageInput } from '../../models/common.ts';
import { arbitrator } from '../../models/dispute.ts';
import { defineOperation } from '../define.ts';

export const listArbitrators = defineOperation({
  id: 'arbitrators.list',
  summary: 'List arbitrators',
  description: 'All who ever took a seat, newest first; by state.',
  risk: 'none',
  access: 'workspace:jobs.read',
  http: { method: 'GET', path: '/v1/arbitrators' },
  input: z.strictObject({
    status: z.enum(['active', 'leaving', 'understaked', 'left']).optional(),
    ...pageInput,
  }),
  output: page(arbitrator),
  errors: ['NOT_FOUND', 'UNAVAILABLE'],
  toolset: 'commerce',
  idempotent: true,
});
