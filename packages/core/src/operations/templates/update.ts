import { z } from 'zod';
import { templateWrite } from '../../models/template.ts';
import { jobRules } from '../../models/terms.ts';
import { defineLocalOperation } from '../define.ts';

export const updateTemplate = defineLocalOperation({
  id: 'templates.update',
  summary: 'Replace the rules of a template',
  description: 'Running jobs keep theirs. Its creator only. The fee can only fall.',
  risk: 'medium',
  input: z.strictObject({
    templateId: z.int().min(1),
    name: z.string().min(1).max(100).meta({ description: 'What people read' }),
    metadataUri: z.string().max(200).optional().meta({ description: 'More about it: a CID, or any URI' }),
    feeBps: z.int().min(0).max(1000).optional().meta({
      description: 'Your fee of each completed job, in basis points; at most what it was; default 0',
    }),
    rules: jobRules.meta({ description: 'Complete, with the wallets of validators' }),
  }),
  output: templateWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: false,
});
