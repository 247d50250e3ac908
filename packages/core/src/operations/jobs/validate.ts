import { z } from 'zod';
import { hash32 } from '../../models/common.ts';
import { jobId, jobWrite } from '../../models/job.ts';
import { defineLocalOperation } from '../define.ts';

export const validateJob = defineLocalOperation({
  id: 'jobs.validate',
  summary: 'Score a delivered job as its validator',
  description:
    'Records your score and evidence on the chain, once. At or above the threshold of the job it counts as a pass; the pass that completes the required number pays the provider at once. Only validators named in the terms can do it.',
  risk: 'medium',
  input: z.strictObject({
    jobId,
    score: z.int().min(0).max(100),
    evidenceHash: hash32.meta({ description: 'sha-256 of the evidence, as artifacts.put returns it' }),
    evidenceUri: z.string().max(200).meta({ description: 'Where it is: its CID, or any URI' }),
  }),
  output: jobWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: false,
});
