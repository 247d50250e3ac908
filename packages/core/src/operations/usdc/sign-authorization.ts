import { z } from 'zod';
import { address, amountUsdc, timestamp } from '../../models/common.ts';
import { signedAuthorization } from '../../models/usdc.ts';
import { defineLocalOperation } from '../define.ts';

export const signUsdcAuthorization = defineLocalOperation({
  id: 'usdc.signAuthorization',
  summary: 'Sign an EIP-3009 authorization',
  description: 'Lets the receiver, and nobody else, collect exactly this amount once.',
  risk: 'high',
  input: z.strictObject({ to: address, amountUsdc, validUntil: timestamp }),
  output: signedAuthorization,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: false,
});
