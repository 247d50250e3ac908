import { z } from 'zod';
import { hash32 } from '../../models/common.ts';
import { disputeWrite } from '../../models/dispute.ts';
import { jobId } from '../../models/job.ts';
import { defineLocalOperation } from '../define.ts';

export const ruleDispute = defineLocalOperation({
  id: 'disputes.rule',
  summary: 'Rule a dispute as its arbitrator',
  description: 'Final: divides the budget and the bonds. Give the reasons as an artifact.',
  risk: 'high',
  input: z.strictObject({
    jobId,
    percent: z.int().min(0).max(100).meta({ description: "The provider's share" }),
    rationaleHash: hash32.meta({ description: 'sha-256 of the reasons, as artifacts.put returns it' }),
    rationaleUri: z.string().max(200).meta({ description: 'Where they are: their CID, or any URI' }),
  }),
  output: disputeWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: true,
});
