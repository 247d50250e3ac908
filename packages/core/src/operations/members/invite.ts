import { z } from 'zod';
import { member, memberRole } from '../../models/member.ts';
import { defineOperation } from '../define.ts';

export const inviteMember = defineOperation({
  id: 'members.invite',
  summary: 'Invite a person to the workspace; owners only',
  description:
    'Returns an invitation, shown only here and good for seven days. Hand it over; members.join turns it into a token that only the invited person has seen.',
  risk: 'high',
  access: 'workspace:members.manage',
  http: { method: 'POST', path: '/v1/members' },
  input: z.strictObject({
    name: z.string().min(1).max(100),
    email: z.email().max(200).optional(),
    role: memberRole,
  }),
  output: z.object({ ...member.shape, invitation: z.string() }),
  errors: ['CONFLICT'],
  idempotent: false,
});
