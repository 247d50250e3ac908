import { z } from 'zod';
import { grant } from '../../models/acl.ts';
import { id } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const revokeGrant = defineOperation({
  id: 'grants.revoke',
  summary: 'Take back that a principal acts for a user',
  description: 'Ends a grant at once; by the user it is about, who gave it, or an owner.',
  risk: 'medium',
  access: 'workspace:grants.write',
  http: { method: 'POST', path: '/v1/grants/{grantId}/revoke' },
  input: z.strictObject({ grantId: id }),
  output: grant,
  errors: ['NOT_FOUND'],
  idempotent: true,
});
