import { z } from 'zod';
import { hash32 } from '../../models/common.ts';
import { disputeWrite } from '../../models/dispute.ts';
import { jobId } from '../../models/job.ts';
import { defineLocalOperation } from '../define.ts';

export const addEvidence = defineLocalOperation({
  id: 'disputes.addEvidence',
  summary: 'Hand in more evidence',
  description: 'For both parties, while evidence is taken.',
  risk: 'low',
  input: z.strictObject({
    jobId,
    evidenceHash: hash32.meta({ description: 'sha-256 of the evidence, as artifacts.put returns it' }),
    evidenceUri: z.string().max(200).meta({ description: 'Where it is: its CID, or any URI' }),
  }),
  output: disputeWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: true,
});
