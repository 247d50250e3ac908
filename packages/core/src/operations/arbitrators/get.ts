import { z } from 'zod';
import { address } from '../../models/common.ts';
import { arbitrator } from '../../models/dispute.ts';
import { defineOperation } from '../define.ts';

export const getArbitrator = defineOperation({
  id: 'arbitrators.get',
  summary: 'Get an arbitrator',
  description: 'Stake, state and record of one arbitrator.',
  risk: 'none',
  access: 'workspace:jobs.read',
  http: { method: 'GET', path: '/v1/arbitrators/{address}' },
  input: z.strictObject({ address }),
  output: arbitrator,
  errors: ['NOT_FOUND', 'UNAVAILABLE'],
  toolset: 'commerce',
  idempotent: true,
});
