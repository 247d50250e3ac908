import { z } from 'zod';
import { cedarText, policyIssue } from '../../models/policy.ts';
import { defineOperation } from '../define.ts';

export const lintPolicy = defineOperation({
  id: 'policies.lint',
  summary: 'Check a policy text without storing it',
  description:
    'Parses and type-checks Cedar policies against the schema of this gateway and points to each problem with line and column.',
  risk: 'none',
  access: 'workspace:policies.read',
  http: { method: 'POST', path: '/v1/policies/lint' },
  input: z.strictObject({ cedar: cedarText }),
  output: z.object({ isValid: z.boolean(), issues: z.array(policyIssue) }),
  errors: ['TIMEOUT'],
  toolset: 'governance',
  idempotent: true,
});
