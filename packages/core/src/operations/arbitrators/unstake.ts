import { z } from 'zod';
import { arbitratorWrite } from '../../models/arbitrator.ts';
import { defineLocalOperation } from '../define.ts';

export const unstakeArbitrator = defineLocalOperation({
  id: 'arbitrators.unstake',
  summary: 'Leave the pool of arbitrators',
  description:
    'The first call announces it; after the notice the second returns the stake. With `stay` it takes the announcement back.',
  risk: 'medium',
  input: z.strictObject({ stay: z.boolean().optional() }),
  output: arbitratorWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: false,
});
