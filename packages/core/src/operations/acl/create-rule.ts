import { z } from 'zod';
import { accessLevel, aclResourceType, aclRule } from '../../models/acl.ts';
import { timestamp } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const createAclRule = defineOperation({
  id: 'acl.createRule',
  summary: 'Give a principal a level on a resource',
  description:
    'Adds a rule. The most exact rule decides, and among equals the lowest level; level 0 denies. A principal of another workspace is let in only by a rule that names it: by its address, by a pattern with its workspace in it, or by its credential. Nobody gives more than it has.',
  risk: 'high',
  access: 'workspace:acl.manage',
  http: { method: 'POST', path: '/v1/acl/rules' },
  input: z.strictObject({
    principalType: aclRule.shape.principalType,
    principalId: aclRule.shape.principalId,
    resourceType: aclResourceType,
    resourceId: aclRule.shape.resourceId,
    level: accessLevel,
    reason: z.string().max(500).optional(),
    expiresAt: timestamp.optional(),
  }),
  output: aclRule,
  errors: ['LIMIT_EXCEEDED'],
  idempotent: false,
});
