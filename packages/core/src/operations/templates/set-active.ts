import { z } from 'zod';
import { templateWrite } from '../../models/template.ts';
import { defineLocalOperation } from '../define.ts';

export const setTemplateActive = defineLocalOperation({
  id: 'templates.setActive',
  summary: 'Stop or resume a template',
  description: 'A stopped template makes no new jobs. Its creator only.',
  risk: 'medium',
  input: z.strictObject({ templateId: z.int().min(1), isActive: z.boolean() }),
  output: templateWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: false,
});
