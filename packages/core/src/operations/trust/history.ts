import { z } from 'zod';
import { id, page, pageInput } from '../../models/common.ts';
import { trustPoint } from '../../models/trust.ts';
import { defineOperation } from '../define.ts';

export const listTrustHistory = defineOperation({
  id: 'trust.history',
  summary: 'List how the trust score of an agent changed',
  description: 'Lists past scores with the reason of each change, newest first.',
  risk: 'none',
  access: 'workspace:trust.read',
  http: { method: 'GET', path: '/v1/trust/{agentId}/history' },
  input: z.strictObject({ agentId: id, ...pageInput }),
  output: page(trustPoint),
  errors: ['NOT_FOUND'],
  toolset: 'governance',
  idempotent: true,
});
