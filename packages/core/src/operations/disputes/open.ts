import { z } from 'zod';
import { amountUsdc, hash32 } from '../../models/common.ts';
import { disputeWrite } from '../../models/dispute.ts';
import { jobId } from '../../models/job.ts';
import { defineLocalOperation } from '../define.ts';

export const openDispute = defineLocalOperation({
  id: 'disputes.open',
  summary: 'Dispute the outcome of a job',
  description:
    'Locks a bond and hands in evidence: sha-256 and URI, as artifacts.put returns. For the side that loses by the validation, until disputeBy. The losing side of a dispute pays.',
  risk: 'high',
  input: z.strictObject({
    jobId,
    bondUsdc: amountUsdc.meta({ description: 'Exactly the bond of the job; anything else is refused' }),
    evidenceHash: hash32.meta({ description: 'sha-256 of the evidence, as artifacts.put returns it' }),
    evidenceUri: z.string().max(200).meta({ description: 'Where it is: its CID, or any URI' }),
  }),
  output: disputeWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: true,
});
