import { z } from 'zod';
import { address, hash32, uint256 } from '../../models/common.ts';
import { validationWrite } from '../../models/erc8004.ts';
import { defineLocalOperation } from '../define.ts';

export const requestValidation = defineLocalOperation({
  id: 'validations.request',
  summary: 'Ask a validator to look at something',
  description:
    'Writes a request to the ERC-8004 validation registry, for an identity you own. Apart from jobs, which have validators of their own.',
  risk: 'medium',
  input: z.strictObject({
    chainAgentId: uint256,
    validator: address,
    requestUri: z.string().max(200),
    requestHash: hash32,
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
