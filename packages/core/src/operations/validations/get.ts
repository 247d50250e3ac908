import { z } from 'zod';
import { hash32 } from '../../models/common.ts';
import { chainValidation } from '../../models/erc8004.ts';
import { defineOperation } from '../define.ts';

export const getValidation = defineOperation({
  id: 'validations.get',
  summary: 'Get a validation',
  description: 'Whom was asked, and the answer if there is one.',
  risk: 'none',
  access: 'workspace:jobs.read',
  http: { method: 'GET', path: '/v1/validations/{requestHash}' },
  input: z.strictObject({ requestHash: hash32 }),
  output: chainValidation,
  errors: ['NOT_FOUND', 'UNSUPPORTED', 'UNAVAILABLE'],
  toolset: 'commerce',
  idempotent: true,
});
