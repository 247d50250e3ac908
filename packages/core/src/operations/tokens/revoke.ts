import { z } from 'zod';
import { id } from '../../models/common.ts';
import { token } from '../../models/token.ts';
import { defineOperation } from '../define.ts';

export const revokeToken = defineOperation({
  id: 'tokens.revoke',
  summary: 'Revoke an API token; people only',
  description: 'The token is refused from now on.',
  risk: 'medium',
  access: 'workspace:tokens.manage',
  http: { method: 'POST', path: '/v1/tokens/{tokenId}/revoke' },
  input: z.strictObject({ tokenId: id }),
  output: token,
  errors: ['NOT_FOUND'],
  idempotent: true,
});
