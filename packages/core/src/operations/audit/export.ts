import { z } from 'zod';
import { auditExportLine } from '../../models/audit.ts';
import { defineStream } from '../define.ts';

export const exportAudit = defineStream({
  id: 'audit.export',
  summary: 'Export the audit log with its checkpoint',
  description:
    'Streams every entry in order, then the signed checkpoint over them. Written line by line as JSON it can be verified offline with audit.verify.',
  access: 'workspace:audit.manage',
  http: { method: 'GET', path: '/v1/audit/export' },
  input: z.strictObject({}),
  output: auditExportLine,
  errors: [],
});
