import { z } from 'zod';
import { auditCheckpoint } from '../../models/audit.ts';
import { defineOperation } from '../define.ts';

export const getAuditCheckpoint = defineOperation({
  id: 'audit.getCheckpoint',
  summary: 'Get the signed state of the audit log',
  description:
    'Returns size and root hash of the Merkle tree over the log, signed by the gateway. Keep it: a later one must be consistent with it.',
  risk: 'none',
  access: 'workspace:audit.read',
  http: { method: 'GET', path: '/v1/audit/checkpoint' },
  input: z.strictObject({}),
  output: auditCheckpoint,
  errors: [],
  toolset: 'governance',
  idempotent: true,
});
