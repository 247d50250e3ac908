import { z } from 'zod';
import { cedarText, decisionStatus } from '../../models/policy.ts';
import { policyTestCase } from '../../models/policy-test.ts';
import { defineOperation } from '../define.ts';

export const testPolicy = defineOperation({
  id: 'policies.test',
  summary: 'Run cases against a policy text',
  description:
    'Decides each case with the text given, or with the policies in force, and compares with what is expected. Nothing is stored and nobody is asked.',
  risk: 'none',
  access: 'workspace:policies.read',
  http: { method: 'POST', path: '/v1/policies/test' },
  input: z.strictObject({ cedar: cedarText.optional(), cases: z.array(policyTestCase).min(1).max(200) }),
  output: z.object({
    passed: z.int(),
    failed: z.int(),
    results: z.array(
      z.object({
        name: z.string(),
        hasPassed: z.boolean(),
        expected: decisionStatus,
        status: decisionStatus,
        rule: z.string(),
        reason: z.string(),
      }),
    ),
  }),
  errors: ['VALIDATION_FAILED', 'NOT_FOUND', 'TIMEOUT'],
  toolset: 'governance',
  idempotent: true,
});
