import { z } from 'zod';
import { address, amountUsdc } from '../../models/common.ts';
import { jobId, jobWrite } from '../../models/job.ts';
import { validatorFeesUsdc } from '../../models/job-input.ts';
import { defineLocalOperation } from '../define.ts';

export const fundJob = defineLocalOperation({
  id: 'jobs.fund',
  summary: 'Lock the budget of an accepted job',
  description:
    'Moves the agreed USDC from your wallet into escrow with one signature. Repeat amount and provider from jobs.get, so that the approver sees and approves them. High risk: usually a person must approve it first, and the call waits for that. The money then goes to the provider or back to you, never anywhere else. Next: wait for the delivery.',
  risk: 'high',
  input: z.strictObject({
    jobId,
    amountUsdc: amountUsdc.meta({ description: 'Exactly the budget of the job; anything else is refused' }),
    provider: address.meta({ description: 'Exactly the provider of the job, who will be paid' }),
    validatorFeesUsdc,
  }),
  output: jobWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  isDefaultTool: true,
  idempotent: false,
});
