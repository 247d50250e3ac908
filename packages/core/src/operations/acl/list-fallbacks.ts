import { z } from 'zod';
import { aclFallback } from '../../models/acl.ts';
import { defineOperation } from '../define.ts';

export const listAclFallbacks = defineOperation({
  id: 'acl.listFallbacks',
  summary: 'List what holds where no rule does',
  description:
    'Lists the level of every type of principal on every type of resource, with those that somebody changed.',
  risk: 'none',
  access: 'workspace:acl.read',
  http: { method: 'GET', path: '/v1/acl/fallbacks' },
  input: z.strictObject({}),
  output: z.object({ items: z.array(aclFallback) }),
  errors: [],
  idempotent: true,
});
