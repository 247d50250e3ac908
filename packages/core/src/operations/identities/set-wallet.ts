import { z } from 'zod';
import { address, hash32, uint256 } from '../../models/common.ts';
import { defineLocalOperation } from '../define.ts';

export const setIdentityWallet = defineLocalOperation({
  id: 'identities.setWallet',
  summary: 'Register the wallet that gets paid',
  description:
    "Proves this agent's wallet to the registry, as the payment wallet of an identity it owns. Running jobs then pay it.",
  risk: 'medium',
  input: z.strictObject({ chainAgentId: uint256 }),
  output: z.object({ chainAgentId: uint256, wallet: address, transactionHash: hash32.optional() }),
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: false,
});
