import { z } from 'zod';
import { accessLevel, grant } from '../../models/acl.ts';
import { timestamp } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const createGrant = defineOperation({
  id: 'grants.create',
  summary: 'Let a principal act for a user',
  description:
    'Lets an agent or service call some operations on behalf of a user until a time. A user gives it for itself, an owner for anybody, an approver for all but owners; for at most a year. Its uses are in the audit log, and nobody can do more with it than the user could.',
  risk: 'high',
  access: 'workspace:grants.write',
  http: { method: 'POST', path: '/v1/grants' },
  input: z.strictObject({
    subject: z
      .string()
      .min(1)
      .max(128)
      .optional()
      .meta({ description: 'Id of the user; default the caller' }),
    delegate: z
      .string()
      .min(1)
      .max(640)
      .meta({ description: 'Id of an agent, or an address of this workspace, without patterns' }),
    operations: grant.shape.operations,
    level: accessLevel.default(20),
    reason: z.string().max(500).optional(),
    expiresAt: timestamp,
  }),
  output: grant,
  errors: ['NOT_FOUND'],
  idempotent: false,
});
