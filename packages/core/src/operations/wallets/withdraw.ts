import { z } from 'zod';
import { amountUsdc, hash32 } from '../../models/common.ts';
import { defineLocalOperation } from '../define.ts';

export const withdrawPayouts = defineLocalOperation({
  id: 'wallets.withdraw',
  summary: 'Collect payouts that the token refused',
  description: 'Pays to the wallet of this agent what waits for it in the contracts.',
  risk: 'medium',
  input: z.strictObject({}),
  output: z.object({ amountUsdc, transactionHashes: z.array(hash32) }),
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: false,
});
