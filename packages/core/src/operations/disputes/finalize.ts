import { z } from 'zod';
import { disputeWrite } from '../../models/dispute.ts';
import { jobId } from '../../models/job.ts';
import { defineLocalOperation } from '../define.ts';

export const finalizeDispute = defineLocalOperation({
  id: 'disputes.finalize',
  summary: 'End a dispute that nobody carries on',
  description:
    'Anyone: what the re-validators decided when nobody went on, or the default share of the terms when no arbitrator can rule in time. Returns bonds of a job that ended without the dispute.',
  risk: 'medium',
  input: z.strictObject({ jobId }),
  output: disputeWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: true,
});
