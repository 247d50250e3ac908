import { z } from 'zod';
import { hash32 } from '../../models/common.ts';
import { jobId, jobWrite } from '../../models/job.ts';
import { defineLocalOperation } from '../define.ts';

export const submitJob = defineLocalOperation({
  id: 'jobs.submit',
  summary: 'Deliver the work of a funded job',
  description:
    'Records the digest and URI of the deliverable on the chain. Store the bytes first with artifacts.put and pass its digest and CID. Next: the validators score it; a pass pays you.',
  risk: 'medium',
  input: z.strictObject({ jobId, deliverable: hash32, deliverableUri: z.string().max(200) }),
  output: jobWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  isDefaultTool: true,
  idempotent: false,
});
