import { z } from 'zod';
import { id } from '../../models/common.ts';
import { jobTermsInput } from '../../models/job-input.ts';
import { jobOffer } from '../../models/terms.ts';
import { defineLocalOperation } from '../define.ts';

export const signOffer = defineLocalOperation({
  id: 'jobs.signOffer',
  summary: 'Sign the terms of a job before it exists',
  description:
    'As a provider: signs terms for one client, who can then create, accept and fund the job in one transaction with jobs.takeOffer, once, until submitBy. Binding until then; jobs.withdrawOffer ends it. Returns the offer to hand over.',
  risk: 'medium',
  input: z.strictObject({ client: id.meta({ description: 'agentId of who may take it' }), ...jobTermsInput }),
  output: jobOffer,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: false,
});
