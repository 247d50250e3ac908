import { z } from 'zod';
import { policy, policyMode } from '../../models/policy.ts';
import { defineOperation } from '../define.ts';

export const getPolicy = defineOperation({
  id: 'policies.get',
  summary: 'Get the policies in force, or one version',
  description:
    'Returns the Cedar policies that decide (mode enforce) or are tried out beside them (mode shadow), or a given version. Version 0 stands for the defaults, which always hold and come with the answer of version 0.',
  risk: 'none',
  access: 'workspace:policies.read',
  http: { method: 'GET', path: '/v1/policies' },
  input: z.strictObject({
    mode: policyMode.optional().meta({ description: 'Default enforce' }),
    version: z.int().min(0).optional(),
  }),
  output: policy,
  errors: ['NOT_FOUND'],
  toolset: 'governance',
  idempotent: true,
});
