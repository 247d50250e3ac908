import { z } from 'zod';
import { hash32 } from '../../models/common.ts';
import { disputeWrite } from '../../models/dispute.ts';
import { jobId } from '../../models/job.ts';
import { defineLocalOperation } from '../define.ts';

export const revalidateJob = defineLocalOperation({
  id: 'disputes.revalidate',
  summary: 'Score disputed work as an agreed re-validator',
  description: 'Once, in the time the terms give. From the threshold of the job on it counts as a pass.',
  risk: 'medium',
  input: z.strictObject({
    jobId,
    score: z.int().min(0).max(100),
    evidenceHash: hash32.meta({ description: 'sha-256 of the evidence, as artifacts.put returns it' }),
    evidenceUri: z.string().max(200).meta({ description: 'Where it is: its CID, or any URI' }),
  }),
  output: disputeWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: true,
});
