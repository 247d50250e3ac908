import { z } from 'zod';
import { accessLevel, aclFallback, aclResourceType } from '../../models/acl.ts';
import { principalType } from '../../models/address.ts';
import { defineOperation } from '../define.ts';

export const setAclFallback = defineOperation({
  id: 'acl.setFallback',
  summary: 'Set what holds where no rule does',
  description:
    'Sets the level that principals of one type have on resources of one type where no rule decides. Never reaches principals of other workspaces, opens no keys of users, lets nobody write global keys, and takes from nobody its own address.',
  risk: 'high',
  access: 'workspace:acl.manage',
  http: { method: 'POST', path: '/v1/acl/fallbacks' },
  input: z.strictObject({ principalType, resourceType: aclResourceType, level: accessLevel }),
  output: aclFallback,
  errors: [],
  idempotent: true,
});
