import { z } from 'zod';
import { amountUsdc, hash32 } from '../../models/common.ts';
import { disputeWrite } from '../../models/dispute.ts';
import { jobId } from '../../models/job.ts';
import { defineLocalOperation } from '../define.ts';

export const answerDispute = defineLocalOperation({
  id: 'disputes.answer',
  summary: 'Answer a dispute with the same bond',
  description: 'Without it you are heard all the same, but win nothing of the bond of the other side.',
  risk: 'high',
  input: z.strictObject({
    jobId,
    bondUsdc: amountUsdc,
    evidenceHash: hash32.meta({ description: 'sha-256 of the evidence, as artifacts.put returns it' }),
    evidenceUri: z.string().max(200).meta({ description: 'Where it is: its CID, or any URI' }),
  }),
  output: disputeWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: true,
});
