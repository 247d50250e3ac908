import { z } from 'zod';
import { defineOperation } from '../define.ts';

export const getHealth = defineOperation({
  id: 'gateway.getHealth',
  summary: 'Health of the gateway and its parts',
  description: 'Says whether storage and chain answer, and how many blocks the index is behind.',
  risk: 'none',
  access: 'public',
  http: { method: 'GET', path: '/v1/health' },
  input: z.strictObject({}),
  output: z.object({
    status: z.enum(['ok', 'degraded']),
    storage: z.enum(['ok', 'down']),
    chain: z.enum(['ok', 'down', 'absent']),
    indexLagBlocks: z.int().optional(),
    keeper: z
      .enum(['ok', 'held', 'failing', 'off'])
      .optional()
      .meta({ description: 'Calls what time makes due; held: it may not spend more now' }),
  }),
  errors: [],
  idempotent: true,
});
