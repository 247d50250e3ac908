import { z } from 'zod';
import { id } from '../../models/common.ts';
import { member, memberRole } from '../../models/member.ts';
import { defineOperation } from '../define.ts';

export const setMemberRole = defineOperation({
  id: 'members.setRole',
  summary: 'Change the role of a person; owners only',
  description: 'Holds at once, for every token of that person. The last owner cannot be changed.',
  risk: 'high',
  access: 'workspace:members.manage',
  http: { method: 'POST', path: '/v1/members/{memberId}/role' },
  input: z.strictObject({ memberId: id, role: memberRole }),
  output: member,
  errors: ['NOT_FOUND', 'CONFLICT'],
  idempotent: true,
});
