import { z } from 'zod';
import { uint256 } from '../../models/common.ts';
import { chainIdentity } from '../../models/erc8004.ts';
import { defineOperation } from '../define.ts';

export const getIdentity = defineOperation({
  id: 'identities.get',
  summary: 'Get an ERC-8004 identity',
  description: 'Owner, payment wallet and registration file, from the registry.',
  risk: 'none',
  access: 'workspace:jobs.read',
  http: { method: 'GET', path: '/v1/identities/{chainAgentId}' },
  input: z.strictObject({ chainAgentId: uint256 }),
  output: chainIdentity,
  errors: ['NOT_FOUND', 'UNAVAILABLE'],
  toolset: 'commerce',
  idempotent: true,
});
