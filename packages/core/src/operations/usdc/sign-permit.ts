import { z } from 'zod';
import { amountUsdc, timestamp } from '../../models/common.ts';
import { signedPermit } from '../../models/usdc.ts';
import { defineLocalOperation } from '../define.ts';

export const signUsdcPermit = defineLocalOperation({
  id: 'usdc.signPermit',
  summary: 'Sign an EIP-2612 permit',
  description:
    'Lets a protocol contract take up to this amount, without a transaction of yours. Valid until `validUntil`.',
  risk: 'high',
  input: z.strictObject({
    spender: z.enum(['agenticCommerce', 'disputes', 'arbitratorPool']),
    amountUsdc,
    validUntil: timestamp,
  }),
  output: signedPermit,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: false,
});
