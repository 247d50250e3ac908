import { z } from 'zod';
import { address, hash32, timestamp, uint256 } from './common.ts';
import { jobRules } from './terms.ts';

/** Published rules that jobs can be created from; its creator may take a fee of each that completes. */
export const jobTemplate = z.object({
  templateId: z.int(),
  creator: address,
  name: z.string(),
  metadataUri: z.string(),
  feeBps: z.int().min(0).max(1_000),
  isActive: z.boolean(),
  rules: jobRules,
  blockNumber: uint256,
  transactionHash: hash32,
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type JobTemplate = z.infer<typeof jobTemplate>;

/** A template after a write. */
export const templateWrite = z.object({ templateId: z.int(), transactionHash: hash32.optional() });
