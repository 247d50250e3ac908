import { z } from 'zod';
import { auditEntry } from '../../models/audit.ts';
import { id, page, pageInput, timestamp } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const listAuditEntries = defineOperation({
  id: 'audit.list',
  summary: 'Read the audit log',
  description:
    'Lists audit entries of the workspace, oldest first unless asked otherwise, filtered by agent, action, actor, event, subject or time. An agent sees only its own.',
  risk: 'none',
  access: 'workspace:audit.read',
  http: { method: 'GET', path: '/v1/audit' },
  input: z.strictObject({
    agentId: id.optional().meta({ description: 'Entries about what this agent did' }),
    action: z.string().max(127).optional().meta({ description: 'Action name' }),
    actor: z.string().max(100).optional(),
    event: z.string().max(100).optional(),
    subject: z.string().max(200).optional(),
    from: timestamp.optional(),
    to: timestamp.optional(),
    order: z.enum(['oldest', 'newest']).optional().meta({ description: 'Which come first; default oldest' }),
    ...pageInput,
  }),
  output: page(auditEntry),
  errors: [],
  toolset: 'governance',
  idempotent: true,
});
