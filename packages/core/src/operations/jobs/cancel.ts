import { z } from 'zod';
import { amountUsdc, timestamp } from '../../models/common.ts';
import { jobId, jointWrite } from '../../models/job.ts';
import { defineLocalOperation } from '../define.ts';

export const cancelJob = defineLocalOperation({
  id: 'jobs.cancel',
  summary: 'End a job by agreement and divide the budget',
  description:
    'Ends a funded job when client and provider ask for the same division. The first call signs and shares your consent; the call of the other party sends it. The money moves then and only then. Ends a dispute too.',
  risk: 'medium',
  input: z.strictObject({
    jobId,
    providerAmountUsdc: amountUsdc.meta({ description: 'What the provider gets; the client gets the rest' }),
    validUntil: timestamp.optional().meta({ description: 'Of your consent; default 7 days' }),
  }),
  output: jointWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: false,
});
