import { z } from 'zod';
import { address, amountUsdc, hash32, timestamp, uint256 } from './common.ts';
import { jobId, jobResolution, jobScore } from './job.ts';

export const disputeStage = z.enum(['revalidation', 'appealable', 'evidence', 'ruling', 'closed']);
export type DisputeStage = z.infer<typeof disputeStage>;

const percent = z.int().min(0).max(100);

/** What a party handed in. */
export const disputeEvidence = z.object({
  party: address,
  evidenceHash: hash32,
  evidenceUri: z.string(),
  at: timestamp,
});

/** A dispute about one job as the chain has it. */
export const dispute = z.object({
  jobId,
  stage: disputeStage,
  opener: address,
  openedBy: z.enum(['client', 'provider']),
  percent: percent.meta({ description: "The provider's share as it stands" }),
  bondUsdc: amountUsdc,
  isAnswered: z.boolean().meta({ description: 'The other side posted its bond too' }),
  deadline: timestamp.optional().meta({ description: 'Of this stage; absent when closed' }),
  isSeeded: z.boolean().meta({ description: 'The block that draws the arbitrators is recorded' }),
  seedBlock: uint256.optional(),
  assignments: z.int(),
  arbitrator: address.optional(),
  evidence: z.array(disputeEvidence),
  revalidations: z.array(jobScore),
  ruling: z
    .object({ arbitrator: address, percent, rationaleHash: hash32, rationaleUri: z.string(), at: timestamp })
    .optional(),
  resolution: jobResolution.optional(),
  blockNumber: uint256,
  transactionHash: hash32,
  openedAt: timestamp,
  updatedAt: timestamp,
});
export type Dispute = z.infer<typeof dispute>;

/** A dispute after a write. */
export const disputeWrite = z.object({
  jobId,
  stage: disputeStage,
  isSeeded: z.boolean().optional().meta({
    description: 'Whether the block that draws the arbitrators is recorded; keepers do it when this did not',
  }),
  arbitrator: address.optional().meta({ description: 'Who is assigned now' }),
  transactionHash: hash32.optional().meta({ description: 'Absent when the chain already had it' }),
});
export type DisputeWrite = z.infer<typeof disputeWrite>;

/** Somebody who judges disputes, and what it has at stake. */
export const arbitrator = z.object({
  address,
  status: z.enum(['active', 'leaving', 'understaked', 'left']),
  stakeUsdc: amountUsdc,
  since: timestamp,
  leaveFrom: timestamp.optional(),
  openDisputes: z.int(),
  ruled: z.int(),
  missed: z.int(),
  earnedUsdc: amountUsdc,
});
export type Arbitrator = z.infer<typeof arbitrator>;
