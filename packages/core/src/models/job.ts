import { z } from 'zod';
import { address, amountUsdc, hash32, jsonObject, timestamp, uint256 } from './common.ts';
import { jobRules, jobTerms } from './terms.ts';

/** ERC-8183 states; the last three are final. */
export const jobStatus = z.enum(['open', 'funded', 'submitted', 'completed', 'rejected', 'expired']);
export type JobStatus = z.infer<typeof jobStatus>;
export const jobRole = z.enum(['client', 'provider', 'validator', 'revalidator', 'arbitrator']);
export type JobRole = z.infer<typeof jobRole>;

/** What ended a job, or what stands until the dispute window ends. */
export const jobResolution = z.enum([
  'passed',
  'failed',
  'silence',
  'revalidation',
  'arbitration',
  'default',
  'undelivered',
  'cancelled',
  'declined',
  'withdrawn',
  'expired',
]);
export type JobResolution = z.infer<typeof jobResolution>;

export const jobId = uint256.meta({ description: 'Job id on the chain, a decimal string' });

/** One validator's score. */
export const jobScore = z.object({
  validator: address,
  score: z.int().min(0).max(100),
  hasPassed: z.boolean(),
  evidenceHash: hash32,
  evidenceUri: z.string(),
  at: timestamp,
});
export type JobScore = z.infer<typeof jobScore>;

/** A job as the chain has it, read from the gateway's index. Times are where clocks stand now: a pause moves them. */
export const job = z.object({
  jobId,
  chainId: z.int().meta({ isForPrograms: true }),
  status: jobStatus,
  client: address,
  provider: address,
  evaluator: address.meta({ isForPrograms: true }),
  amountUsdc,
  evaluatorFeeUsdc: amountUsdc.meta({ isForPrograms: true }),
  isAccepted: z.boolean().meta({ description: 'The provider signed these terms' }),
  rules: jobRules.optional().meta({ description: 'Absent while no terms are proposed' }),
  terms: jobTerms
    .optional()
    .meta({ description: 'All that was signed; absent while nothing is proposed', isForPrograms: true }),
  description: z.string(),
  specHash: hash32.optional().meta({ isForPrograms: true }),
  templateId: z.int().optional().meta({ isForPrograms: true }),
  previousJobId: uint256.optional().meta({ isForPrograms: true }),
  submitBy: timestamp.optional(),
  expiresAt: timestamp,
  deliverable: hash32.optional(),
  deliverableUri: z.string().optional(),
  validateBy: timestamp.optional().meta({ isForPrograms: true }),
  scores: z.array(jobScore).meta({ isForPrograms: true }),
  score: z.int().min(0).max(100).optional().meta({ description: 'Average of the scores so far' }),
  disputeBy: timestamp
    .optional()
    .meta({ description: 'Until when the losing side may open a dispute', isForPrograms: true }),
  isDisputed: z.boolean(),
  resolution: jobResolution.optional(),
  providerAmountUsdc: amountUsdc
    .optional()
    .meta({ description: 'What the provider got before fees; set when the job has ended' }),
  blockNumber: uint256.meta({ isForPrograms: true }),
  transactionHash: hash32.meta({
    description: 'The transaction that changed the job last',
    isForPrograms: true,
  }),
  createdAt: timestamp.meta({ isForPrograms: true }),
  updatedAt: timestamp.meta({ isForPrograms: true }),
});
export type Job = z.infer<typeof job>;

const FINAL: ReadonlySet<JobStatus> = new Set(['completed', 'rejected', 'expired']);

/** Whether a job is in a state that nothing can change any more. */
export function hasEnded({ status }: { readonly status: JobStatus }): boolean {
  return FINAL.has(status);
}

/** One thing that happened to a job on the chain. */
export const jobHistoryEntry = z.object({
  type: z.string().meta({ description: 'Event type, such as job.funded' }),
  at: timestamp,
  blockNumber: uint256,
  logIndex: z.int(),
  transactionHash: hash32,
  data: jsonObject,
});
export type JobHistoryEntry = z.infer<typeof jobHistoryEntry>;

/** What one party may do next with a job, and why. */
export const nextAction = z.object({
  operation: z.string().meta({ description: 'Operation id, such as jobs.fund' }),
  reason: z.string(),
  by: timestamp.optional().meta({ description: 'Do it before this time' }),
});
export type NextAction = z.infer<typeof nextAction>;

/** The job after a write, and the block's transaction that did it. */
export const jobWrite = z.object({
  jobId,
  status: jobStatus,
  transactionHash: hash32.optional().meta({ description: 'Absent when the chain already had it' }),
});
export type JobWrite = z.infer<typeof jobWrite>;

/** A write that needs both parties: sent when the other had signed the same, else waiting for it. */
export const jointWrite = jobWrite.extend({
  isWaiting: z.boolean().meta({ description: 'Signed and shared; the other party must do the same' }),
});
