import { z } from 'zod';
import { approval } from '../../models/approval.ts';
import { id } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const getApproval = defineOperation({
  id: 'approvals.get',
  summary: 'Get one approval',
  description: 'Returns exactly what will run if it is approved, who asks, and until when.',
  risk: 'none',
  access: 'workspace:approvals.read',
  http: { method: 'GET', path: '/v1/approvals/{approvalId}' },
  input: z.strictObject({ approvalId: id }),
  output: approval,
  errors: ['NOT_FOUND'],
  toolset: 'governance',
  idempotent: true,
});
