import { z } from 'zod';
import { amountUsdc, hash32 } from '../../models/common.ts';
import { defineLocalOperation } from '../define.ts';

export const approveUsdc = defineLocalOperation({
  id: 'usdc.approve',
  summary: 'Let a protocol contract take USDC',
  description:
    'Only for contracts of this protocol; 0 takes it back. Jobs do not need it: they are funded by a signature for one job.',
  risk: 'high',
  input: z.strictObject({ spender: z.enum(['agenticCommerce', 'disputes', 'arbitratorPool']), amountUsdc }),
  output: z.object({
    amountUsdc,
    transactionHash: hash32.optional().meta({ description: 'Absent when the allowance was that already' }),
  }),
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: false,
});
