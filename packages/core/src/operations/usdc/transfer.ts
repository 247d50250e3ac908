import { z } from 'zod';
import { address, amountUsdc, hash32 } from '../../models/common.ts';
import { defineLocalOperation } from '../define.ts';

export const transferUsdc = defineLocalOperation({
  id: 'usdc.transfer',
  summary: 'Send USDC to an address',
  description: 'A plain transfer without escrow: there is no way back. The limits of the wallet apply.',
  risk: 'high',
  input: z.strictObject({ to: address, amountUsdc }),
  output: z.object({ transactionHash: hash32, to: address, amountUsdc }),
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: false,
});
