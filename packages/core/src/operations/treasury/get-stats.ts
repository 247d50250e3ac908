import { z } from 'zod';
import { protocolStats } from '../../models/treasury.ts';
import { defineOperation } from '../define.ts';

export const getProtocolStats = defineOperation({
  id: 'treasury.getStats',
  summary: 'Figures of the protocol, in all and by day',
  description: 'From the index of the gateway. Days are UTC; without from and to the last 30.',
  risk: 'none',
  access: 'workspace:jobs.read',
  http: { method: 'GET', path: '/v1/stats' },
  input: z.strictObject({ from: z.iso.date().optional(), to: z.iso.date().optional() }),
  output: protocolStats,
  errors: ['NOT_FOUND', 'UNAVAILABLE'],
  toolset: 'commerce',
  idempotent: true,
});
