import { z } from 'zod';
import { address, amountUsdc, hash32, timestamp, uint256 } from './common.ts';

/** ERC-8183 states; the last three are final. */
export const jobStatus = z.enum(['open', 'funded', 'submitted', 'completed', 'rejected', 'expired']);
export const jobRole = z.enum(['client', 'provider', 'validator']);

export const jobId = uint256.meta({ description: 'Job id on the chain, a decimal string' });

/** A job as the chain has it, read from the gateway's index. */
export const job = z.object({
  jobId,
  chainId: z.int(),
  status: jobStatus,
  client: address,
  provider: address,
  validator: address.optional(),
  evaluator: address,
  amountUsdc,
  threshold: z.int().min(0).max(100).optional(),
  isAccepted: z.boolean().meta({ description: 'The provider signed these terms' }),
  description: z.string(),
  specHash: hash32.optional(),
  submitBy: timestamp.optional(),
  expiresAt: timestamp,
  deliverable: hash32.optional(),
  deliverableUri: z.string().optional(),
  score: z.int().min(0).max(100).optional(),
  evidenceUri: z.string().optional(),
  blockNumber: uint256,
  transactionHash: hash32.meta({ description: 'The transaction that changed the job last' }),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type Job = z.infer<typeof job>;

/** What one party may do next with a job, and why. */
export const nextAction = z.object({
  operation: z.string().meta({ description: 'Operation id, such as jobs.fund' }),
  reason: z.string(),
  by: timestamp.optional().meta({ description: 'Do it before this time' }),
});

/** The job after a write, and the block's transaction that did it. */
export const jobWrite = z.object({
  jobId,
  status: jobStatus,
  transactionHash: hash32.optional().meta({ description: 'Absent when the chain already had it' }),
});
