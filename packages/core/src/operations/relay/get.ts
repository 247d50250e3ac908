import { z } from 'zod';
import { hash32 } from '../../models/common.ts';
import { relayedTransaction } from '../../models/relay.ts';
import { defineOperation } from '../define.ts';

export const getTransaction = defineOperation({
  id: 'relay.get',
  summary: 'Status of a relayed transaction',
  description:
    'Returns included, reverted, or unknown when no block has it yet. Looks at the chain again when unknown.',
  risk: 'none',
  access: 'workspace:relay.read',
  http: { method: 'GET', path: '/v1/relay/{transactionHash}' },
  input: z.strictObject({ transactionHash: hash32 }),
  output: relayedTransaction,
  errors: ['NOT_FOUND', 'UNAVAILABLE'],
  idempotent: true,
});
