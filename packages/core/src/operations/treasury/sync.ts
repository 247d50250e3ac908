import { z } from 'zod';
import { hash32 } from '../../models/common.ts';
import { defineLocalOperation } from '../define.ts';

export const syncTreasury = defineLocalOperation({
  id: 'treasury.sync',
  summary: 'Count what has arrived in the treasury',
  description: 'Divides it between the reserve and the arbitration fund. Anyone.',
  risk: 'low',
  input: z.strictObject({}),
  output: z.object({ transactionHash: hash32.optional() }),
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: false,
});
