import { z } from 'zod';
import { cedarText, policy, policyMode } from '../../models/policy.ts';
import { defineOperation } from '../define.ts';

export const putPolicy = defineOperation({
  id: 'policies.put',
  summary: 'Put new policies in force; people only',
  description:
    'Checks the text, stores it as the next version and decides by it from now on, or with mode shadow only records where it would differ. An empty shadow text ends the trial. With ifVersion it is refused when somebody else was faster.',
  risk: 'critical',
  access: 'workspace:policies.manage',
  http: { method: 'POST', path: '/v1/policies' },
  input: z.strictObject({
    cedar: cedarText,
    mode: policyMode.optional().meta({ description: 'Default enforce' }),
    ifVersion: z.int().min(0).optional(),
    note: z.string().max(500).optional(),
  }),
  output: policy,
  errors: ['VALIDATION_FAILED', 'CONFLICT', 'TIMEOUT'],
  idempotent: false,
});
