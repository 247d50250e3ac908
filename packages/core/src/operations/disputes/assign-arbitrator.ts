import { z } from 'zod';
import { disputeWrite } from '../../models/dispute.ts';
import { jobId } from '../../models/job.ts';
import { defineLocalOperation } from '../define.ts';

export const assignArbitrator = defineLocalOperation({
  id: 'disputes.assignArbitrator',
  summary: 'Assign the arbitrator who was drawn',
  description:
    'Anyone, when the time for evidence is over, or when the last arbitrator missed its time. Nobody chooses who it is.',
  risk: 'medium',
  input: z.strictObject({ jobId }),
  output: disputeWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: true,
});
