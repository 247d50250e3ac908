import { z } from 'zod';
import { page, pageInput } from '../../models/common.ts';
import { policy } from '../../models/policy.ts';
import { defineOperation } from '../define.ts';

export const listPolicies = defineOperation({
  id: 'policies.list',
  summary: 'List the versions of the policies',
  description:
    'Lists every version that was ever put, newest first, with who put it. To go back, put an old text again.',
  risk: 'none',
  access: 'workspace:policies.read',
  http: { method: 'GET', path: '/v1/policies/versions' },
  input: z.strictObject({ ...pageInput }),
  output: page(policy),
  errors: [],
  toolset: 'governance',
  idempotent: true,
});
