import { z } from 'zod';
import { aclResourceType, aclRule } from '../../models/acl.ts';
import { principalType } from '../../models/address.ts';
import { page, pageInput } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const listAclRules = defineOperation({
  id: 'acl.listRules',
  summary: 'List rules of access',
  description: 'Lists the rules of the workspace, newest first.',
  risk: 'none',
  access: 'workspace:acl.read',
  http: { method: 'GET', path: '/v1/acl/rules' },
  input: z.strictObject({
    principalType: principalType.optional(),
    principalId: z.string().max(640).optional(),
    resourceType: aclResourceType.optional(),
    ...pageInput,
  }),
  output: page(aclRule),
  errors: [],
  idempotent: true,
});
