import { z } from 'zod';
import { timestamp } from '../../models/common.ts';
import { token, tokenRole } from '../../models/token.ts';
import { defineOperation } from '../define.ts';

export const createToken = defineOperation({
  id: 'tokens.create',
  summary: 'Make an API token; people only',
  description: 'The secret is in this answer only; the gateway keeps its hash.',
  risk: 'high',
  access: 'workspace:tokens.manage',
  http: { method: 'POST', path: '/v1/tokens' },
  input: z.strictObject({
    name: z.string().min(1).max(100),
    role: tokenRole,
    expiresAt: timestamp.optional(),
  }),
  output: z.object({ ...token.shape, secret: z.string() }),
  errors: ['CONFLICT'],
  idempotent: false,
});
