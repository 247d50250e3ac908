import { z } from 'zod';
import { member } from '../../models/member.ts';
import { token } from '../../models/token.ts';
import { defineOperation } from '../define.ts';

export const joinWorkspace = defineOperation({
  id: 'members.join',
  summary: 'Accept an invitation',
  description: 'Turns an invitation into a token, once. The token is in this answer only.',
  risk: 'low',
  access: 'public',
  http: { method: 'POST', path: '/v1/members/join' },
  input: z.strictObject({ invitation: z.string().min(1).max(200) }),
  output: z.object({ member, token: z.object({ ...token.shape, secret: z.string() }) }),
  errors: ['UNAUTHENTICATED', 'EXPIRED', 'CONFLICT'],
  idempotent: false,
});
