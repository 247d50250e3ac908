import { z } from 'zod';
import { hash32, uint256 } from '../../models/common.ts';
import { defineLocalOperation } from '../define.ts';

export const withdrawOffer = defineLocalOperation({
  id: 'jobs.withdrawOffer',
  summary: 'Make an offer unusable',
  description: 'As the provider who signed it. An offer that was taken already is a job and is not touched.',
  risk: 'low',
  input: z.strictObject({ salt: uint256 }),
  output: z.object({ salt: uint256, transactionHash: hash32.optional() }),
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: false,
});
