import { z } from 'zod';
import { address, amountUsdc } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const getUsdcAllowance = defineOperation({
  id: 'usdc.getAllowance',
  summary: 'How much a contract may take from an address',
  description: 'Reads the USDC allowance from the chain.',
  risk: 'none',
  access: 'workspace:jobs.read',
  http: { method: 'GET', path: '/v1/usdc/{owner}/allowances/{spender}' },
  input: z.strictObject({ owner: address, spender: address }),
  output: z.object({ owner: address, spender: address, amountUsdc }),
  errors: ['NOT_FOUND', 'UNAVAILABLE'],
  toolset: 'commerce',
  idempotent: true,
});
