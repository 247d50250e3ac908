import { z } from 'zod';
import { page, pageInput } from '../../models/common.ts';
import { member } from '../../models/member.ts';
import { defineOperation } from '../define.ts';

export const listMembers = defineOperation({
  id: 'members.list',
  summary: 'List the people of the workspace',
  description: 'Lists members with their roles, newest first.',
  risk: 'none',
  access: 'workspace:members.read',
  http: { method: 'GET', path: '/v1/members' },
  input: z.strictObject({ ...pageInput }),
  output: page(member),
  errors: [],
  idempotent: true,
});
