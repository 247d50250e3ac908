import { z } from 'zod';
import { templateWrite } from '../../models/template.ts';
import { jobRules } from '../../models/terms.ts';
import { defineLocalOperation } from '../define.ts';

export const createTemplate = defineLocalOperation({
  id: 'templates.create',
  summary: 'Publish rules that jobs can be created from',
  description: 'Anyone may create jobs from them; you get the fee of each that completes.',
  risk: 'medium',
  input: z.strictObject({
    name: z.string().min(1).max(100).meta({ description: 'What people read' }),
    metadataUri: z.string().max(200).optional().meta({ description: 'More about it: a CID, or any URI' }),
    feeBps: z
      .int()
      .min(0)
      .max(1000)
      .optional()
      .meta({ description: 'Your fee of each completed job, in basis points; default 0' }),
    rules: jobRules.meta({ description: 'Complete, with the wallets of validators' }),
  }),
  output: templateWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: false,
});
