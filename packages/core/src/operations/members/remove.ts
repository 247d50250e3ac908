import { z } from 'zod';
import { id } from '../../models/common.ts';
import { member } from '../../models/member.ts';
import { defineOperation } from '../define.ts';

export const removeMember = defineOperation({
  id: 'members.remove',
  summary: 'Remove a person from the workspace; owners only',
  description: 'Revokes every token of that person at once. The last owner cannot be removed.',
  risk: 'high',
  access: 'workspace:members.manage',
  http: { method: 'POST', path: '/v1/members/{memberId}/remove' },
  input: z.strictObject({ memberId: id, reason: z.string().max(500).optional() }),
  output: member,
  errors: ['NOT_FOUND', 'CONFLICT'],
  idempotent: true,
});
