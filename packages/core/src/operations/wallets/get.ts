import { z } from 'zod';
import { id } from '../../models/common.ts';
import { walletState } from '../../models/wallet.ts';
import { defineOperation } from '../define.ts';

export const getWallet = defineOperation({
  id: 'wallets.get',
  summary: 'The proven wallet of an agent',
  description: 'And the payouts that wait for it because the token refused them.',
  risk: 'none',
  access: 'workspace:jobs.read',
  http: { method: 'GET', path: '/v1/wallets/{agentId}' },
  input: z.strictObject({ agentId: id }),
  output: walletState,
  errors: ['NOT_FOUND', 'UNAVAILABLE'],
  toolset: 'commerce',
  idempotent: true,
});
