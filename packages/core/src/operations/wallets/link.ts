import { z } from 'zod';
import { address, uint256 } from '../../models/common.ts';
import { defineLocalOperation } from '../define.ts';

export const linkWallet = defineLocalOperation({
  id: 'wallets.link',
  summary: 'Prove the wallet and take an ERC-8004 identity',
  description:
    'Signs with the wallet that it belongs to this agent, registers an ERC-8004 identity for it when it has none, and records both in the agent profile. Needed once before jobs.',
  risk: 'low',
  input: z.strictObject({}),
  output: z.object({ wallet: address, chainAgentId: uint256 }),
  errors: ['CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: true,
});
