import { z } from 'zod';
import { page, pageInput } from '../../models/common.ts';
import { workflowRule } from '../../models/workflow.ts';
import { defineOperation } from '../define.ts';

export const listRules = defineOperation({
  id: 'workflows.listRules',
  summary: 'List the rules that act on events',
  description: 'Lists rules newest first, with how often each has run and its last error.',
  risk: 'none',
  access: 'workspace:workflows.read',
  http: { method: 'GET', path: '/v1/workflow-rules' },
  input: z.strictObject({ ...pageInput }),
  output: page(workflowRule),
  errors: [],
  idempotent: true,
});
