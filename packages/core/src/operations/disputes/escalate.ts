import { z } from 'zod';
import { disputeWrite } from '../../models/dispute.ts';
import { jobId } from '../../models/job.ts';
import { defineLocalOperation } from '../define.ts';

export const escalateDispute = defineLocalOperation({
  id: 'disputes.escalate',
  summary: 'Go on to an arbitrator',
  description:
    'For the side that lost by re-validation; for anyone when the re-validators stayed silent. Also records the block that draws the arbitrator.',
  risk: 'medium',
  input: z.strictObject({ jobId }),
  output: disputeWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: true,
});
