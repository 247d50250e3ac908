import { z } from 'zod';
import { address, page, pageInput } from '../../models/common.ts';
import { dispute, disputeStage } from '../../models/dispute.ts';
import { defineOperation } from '../define.ts';

export const listDisputes = defineOperation({
  id: 'disputes.list',
  summary: 'List disputes',
  description: 'Newest first; by stage, party or arbitrator.',
  risk: 'none',
  access: 'workspace:jobs.read',
  http: { method: 'GET', path: '/v1/disputes' },
  input: z.strictObject({
    stage: disputeStage.optional(),
    party: address.optional(),
    arbitrator: address.optional(),
    ...pageInput,
  }),
  output: page(dispute),
  errors: ['NOT_FOUND', 'UNAVAILABLE'],
  toolset: 'commerce',
  idempotent: true,
});
