import { z } from 'zod';
import { treasuryBalances } from '../../models/treasury.ts';
import { defineOperation } from '../define.ts';

export const getTreasuryBalances = defineOperation({
  id: 'treasury.getBalances',
  summary: 'What the protocol has taken and holds',
  description: 'Reads the treasury contract.',
  risk: 'none',
  access: 'workspace:jobs.read',
  http: { method: 'GET', path: '/v1/treasury' },
  input: z.strictObject({}),
  output: treasuryBalances,
  errors: ['NOT_FOUND', 'UNAVAILABLE'],
  toolset: 'commerce',
  idempotent: true,
});
