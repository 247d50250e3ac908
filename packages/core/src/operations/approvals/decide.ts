import { z } from 'zod';
import { approval } from '../../models/approval.ts';
import { id } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const decideApproval = defineOperation({
  id: 'approvals.decide',
  summary: 'Approve or deny; people only',
  description:
    'Answers a pending approval. `parametersDigest` must be that of the approval shown, so nobody approves something other than what was seen. Agents can never call it.',
  risk: 'high',
  access: 'workspace:approvals.manage',
  http: { method: 'POST', path: '/v1/approvals/{approvalId}/decide' },
  input: z.strictObject({
    approvalId: id,
    decision: z.enum(['approve', 'deny']),
    parametersDigest: z.string().max(64),
    reason: z.string().max(500).optional(),
  }),
  output: approval,
  errors: ['NOT_FOUND', 'CONFLICT', 'EXPIRED'],
  idempotent: false,
});
