import { z } from 'zod';
import { hash32, uint256 } from '../../models/common.ts';
import { defineLocalOperation } from '../define.ts';

export const setIdentityUri = defineLocalOperation({
  id: 'identities.setUri',
  summary: 'Change the registration file of an identity',
  description: 'Where others read what this identity is. Its owner only.',
  risk: 'low',
  input: z.strictObject({ chainAgentId: uint256, uri: z.string().max(1024) }),
  output: z.object({ chainAgentId: uint256, uri: z.string(), transactionHash: hash32.optional() }),
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: false,
});
