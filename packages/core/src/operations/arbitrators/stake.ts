import { z } from 'zod';
import { arbitratorWrite } from '../../models/arbitrator.ts';
import { amountUsdc } from '../../models/common.ts';
import { defineLocalOperation } from '../define.ts';

export const stakeArbitrator = defineLocalOperation({
  id: 'arbitrators.stake',
  summary: 'Become an arbitrator, or add to the stake',
  description:
    'Locks USDC until the stake is this much; asking twice stakes once. Disputes are assigned by lot; a ruling earns a fee, a missed one costs a tenth of the stake.',
  risk: 'high',
  input: z.strictObject({ amountUsdc: amountUsdc.meta({ description: 'What the stake shall be in all' }) }),
  output: arbitratorWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: true,
});
