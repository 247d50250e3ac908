import { z } from 'zod';
import { address, amountUsdc } from '../../models/common.ts';
import { jobWrite } from '../../models/job.ts';
import { validatorFeesUsdc } from '../../models/job-input.ts';
import { jobOffer } from '../../models/terms.ts';
import { defineLocalOperation } from '../define.ts';

export const takeOffer = defineLocalOperation({
  id: 'jobs.takeOffer',
  summary: 'Create, accept and fund a job in one transaction',
  description:
    'As the client named in an offer that a provider signed: moves the budget into escrow and starts the work, with one signature. Repeat amount and provider, so that the approver sees them. The terms are the offer.',
  risk: 'high',
  input: z.strictObject({
    offer: jobOffer,
    amountUsdc,
    provider: address,
    validatorFeesUsdc,
    description: z.string().min(1).max(2000),
  }),
  output: jobWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: false,
});
