import { z } from 'zod';
import { address, hash32, hex, timestamp } from './common.ts';

/** `unknown`: broadcast, not seen in a block yet. Never send another transaction for it; ask again. */
export const relayStatus = z.enum(['included', 'reverted', 'unknown']);

export const relayedTransaction = z.object({
  transactionHash: hash32,
  status: relayStatus,
  from: address,
  to: address,
  selector: hex,
  blockNumber: z.string().optional(),
  revert: z.string().optional().meta({ description: 'Decoded custom error of a reverted transaction' }),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type RelayedTransaction = z.infer<typeof relayedTransaction>;
