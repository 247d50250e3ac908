import { z } from 'zod';
import { hex } from '../../models/common.ts';
import { relayedTransaction } from '../../models/relay.ts';
import { defineOperation } from '../define.ts';

export const submitTransaction = defineOperation({
  id: 'relay.submit',
  summary: 'Broadcast a signed transaction',
  description:
    'Takes only a signed transaction to a contract of this gateway, simulates it, broadcasts it and waits for its block for a while. The same transaction is never sent as two. `unknown` means: ask relay.get again, do not sign another.',
  risk: 'high',
  access: 'workspace:relay.write',
  http: { method: 'POST', path: '/v1/relay' },
  input: z.strictObject({ signedTransaction: hex.max(262_146) }),
  output: relayedTransaction,
  errors: ['FORBIDDEN', 'CHAIN_REVERTED', 'CONFLICT', 'UNAVAILABLE'],
  idempotent: true,
});
