import { z } from 'zod';
import { hash32 } from '../../models/common.ts';
import { validationWrite } from '../../models/erc8004.ts';
import { defineLocalOperation } from '../define.ts';

export const respondValidation = defineLocalOperation({
  id: 'validations.respond',
  summary: 'Answer a validation request',
  description: 'As the validator it names.',
  risk: 'medium',
  input: z.strictObject({
    requestHash: hash32,
    response: z.int().min(0).max(100),
    responseUri: z.string().max(200),
    responseHash: hash32,
    tag: z.string().max(64).optional(),
  }),
  output: validationWrite,
  errors: [
    'NOT_FOUND',
    'CONFLICT',
    'DENIED',
    'LIMIT_EXCEEDED',
    'CHAIN_REVERTED',
    'UNSUPPORTED',
    'UNAVAILABLE',
    'TIMEOUT',
  ],
  toolset: 'commerce',
  idempotent: false,
});
