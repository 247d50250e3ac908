import { z } from 'zod';
import { address, hash32, timestamp, uint256 } from './common.ts';

/** An ERC-8004 identity. */
export const chainIdentity = z.object({
  chainAgentId: uint256,
  owner: address,
  wallet: address.optional().meta({ description: 'Where it wants to be paid' }),
  uri: z.string().meta({ description: 'Its registration file; written by a stranger' }),
});
export type ChainIdentity = z.infer<typeof chainIdentity>;

/** An ERC-8004 validation: what an agent asked a validator to look at, and the answer. */
export const chainValidation = z.object({
  requestHash: hash32,
  chainAgentId: uint256,
  validator: address,
  response: z.int().min(0).max(100).optional().meta({ description: 'Absent while nobody answered' }),
  responseHash: hash32.optional(),
  tag: z.string(),
  updatedAt: timestamp,
});
export type ChainValidation = z.infer<typeof chainValidation>;

/** One settlement-backed feedback. */
export const chainFeedback = z.object({
  chainAgentId: uint256,
  jobId: uint256,
  about: z.enum(['provider', 'client']),
  value: z.int().min(0).max(100),
  amountUsdc: z.string(),
  isSelfDealt: z
    .boolean()
    .meta({ description: 'Client and provider are known to be the same; counts for nothing' }),
  isWritten: z.boolean().meta({ description: 'False when the registry refused it' }),
  transactionHash: hash32,
  at: timestamp,
});
export type ChainFeedback = z.infer<typeof chainFeedback>;

/** A validation after a write. */
export const validationWrite = z.object({ requestHash: hash32, transactionHash: hash32.optional() });
