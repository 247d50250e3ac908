import { z } from 'zod';
import { page, pageInput } from '../../models/common.ts';
import { token } from '../../models/token.ts';
import { defineOperation } from '../define.ts';

export const listTokens = defineOperation({
  id: 'tokens.list',
  summary: 'List API tokens; people only',
  description: 'Lists tokens of the workspace without their secrets, newest first.',
  risk: 'none',
  access: 'workspace:tokens.manage',
  http: { method: 'GET', path: '/v1/tokens' },
  input: z.strictObject({ ...pageInput }),
  output: page(token),
  errors: [],
  idempotent: true,
});
