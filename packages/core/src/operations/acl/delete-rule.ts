import { z } from 'zod';
import { id } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const deleteAclRule = defineOperation({
  id: 'acl.deleteRule',
  summary: 'Delete a rule of access',
  description: 'Takes back what a rule gave, also from sessions that are open.',
  risk: 'high',
  access: 'workspace:acl.manage',
  http: { method: 'DELETE', path: '/v1/acl/rules/{ruleId}' },
  input: z.strictObject({ ruleId: id }),
  output: z.object({ isDeleted: z.boolean() }),
  errors: [],
  idempotent: true,
});
