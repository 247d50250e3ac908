import { z } from 'zod';
import { address, amountUsdc } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const getUsdcBalance = defineOperation({
  id: 'usdc.getBalance',
  summary: 'USDC balance of an address',
  description: 'Reads the USDC balance of any address from the chain. Check your own before jobs.create.',
  risk: 'none',
  access: 'workspace:jobs.read',
  http: { method: 'GET', path: '/v1/usdc/{address}' },
  input: z.strictObject({ address }),
  output: z.object({ address, amountUsdc }),
  errors: ['UNAVAILABLE'],
  toolset: 'commerce',
  isDefaultTool: true,
  idempotent: true,
});
