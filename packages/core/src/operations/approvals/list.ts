import { z } from 'zod';
import { approval, approvalStatus } from '../../models/approval.ts';
import { id, page, pageInput } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const listApprovals = defineOperation({
  id: 'approvals.list',
  summary: 'List questions that wait for a person',
  description:
    'Lists approvals of the workspace, newest first; filter by status to see only what is pending.',
  risk: 'none',
  access: 'workspace:approvals.read',
  http: { method: 'GET', path: '/v1/approvals' },
  input: z.strictObject({ status: approvalStatus.optional(), agentId: id.optional(), ...pageInput }),
  output: page(approval),
  errors: [],
  toolset: 'governance',
  idempotent: true,
});
