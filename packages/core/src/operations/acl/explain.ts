import { z } from 'zod';
import { aclExplanation, aclResourceType } from '../../models/acl.ts';
import { addressText } from '../../models/address.ts';
import { defineOperation } from '../define.ts';

export const explainAccess = defineOperation({
  id: 'acl.explain',
  summary: 'Say what a principal may do with a resource, and why',
  description:
    'Returns the level that holds, the rule or fallback that decided, and every rule that was looked at.',
  risk: 'none',
  access: 'workspace:acl.read',
  http: { method: 'GET', path: '/v1/acl/explain' },
  input: z.strictObject({
    principal: addressText,
    resourceType: aclResourceType,
    resourceId: z.string().min(1).max(640).meta({
      description: 'workspace: its name; principal: a type; kv: scope/key; service: its address; else *',
    }),
  }),
  output: aclExplanation,
  errors: [],
  idempotent: true,
});
