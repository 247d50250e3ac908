import { z } from 'zod';
import { auditEntry } from '../../models/audit.ts';
import { page, pageInput, timestamp } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const listAuditEntries = defineOperation({
  id: 'audit.list',
  summary: 'Read the audit log',
  description:
    'Lists audit entries of the workspace in order, oldest first, filtered by actor, event, subject or time.',
  risk: 'none',
  access: 'workspace:audit.read',
  http: { method: 'GET', path: '/v1/audit' },
  input: z.strictObject({
    actor: z.string().max(100).optional(),
    event: z.string().max(100).optional(),
    subject: z.string().max(200).optional(),
    from: timestamp.optional(),
    to: timestamp.optional(),
    ...pageInput,
  }),
  output: page(auditEntry),
  errors: [],
  toolset: 'governance',
  idempotent: true,
});
