import { z } from 'zod';
import { page, pageInput, uint256 } from '../../models/common.ts';
import { chainValidation } from '../../models/erc8004.ts';
import { defineOperation } from '../define.ts';

export const listValidations = defineOperation({
  id: 'validations.list',
  summary: 'Validations of an agent',
  description: 'From the registry, newest first.',
  risk: 'none',
  access: 'workspace:jobs.read',
  http: { method: 'GET', path: '/v1/identities/{chainAgentId}/validations' },
  input: z.strictObject({ chainAgentId: uint256, ...pageInput }),
  output: page(chainValidation),
  errors: ['NOT_FOUND', 'UNSUPPORTED', 'UNAVAILABLE'],
  toolset: 'commerce',
  idempotent: true,
});
