import { z } from 'zod';
import { jobTemplate } from '../../models/template.ts';
import { defineOperation } from '../define.ts';

export const getTemplate = defineOperation({
  id: 'templates.get',
  summary: 'Get a template',
  description: 'The rules that jobs made from it get now.',
  risk: 'none',
  access: 'workspace:jobs.read',
  http: { method: 'GET', path: '/v1/templates/{templateId}' },
  input: z.strictObject({ templateId: z.coerce.number().int().min(1) }),
  output: jobTemplate,
  errors: ['NOT_FOUND', 'UNAVAILABLE'],
  toolset: 'commerce',
  idempotent: true,
});
