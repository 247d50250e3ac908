import { z } from 'zod';
import { address, page, pageInput } from '../../models/common.ts';
import { jobTemplate } from '../../models/template.ts';
import { defineOperation } from '../define.ts';

export const listTemplates = defineOperation({
  id: 'templates.list',
  summary: 'List templates',
  description: 'Newest first; by creator, or only those that make jobs.',
  risk: 'none',
  access: 'workspace:jobs.read',
  http: { method: 'GET', path: '/v1/templates' },
  input: z.strictObject({ creator: address.optional(), isActive: z.boolean().optional(), ...pageInput }),
  output: page(jobTemplate),
  errors: ['NOT_FOUND', 'UNAVAILABLE'],
  toolset: 'commerce',
  idempotent: true,
});
