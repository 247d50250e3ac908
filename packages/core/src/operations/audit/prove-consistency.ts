import { z } from 'zod';
import { consistencyProof } from '../../models/audit.ts';
import { defineOperation } from '../define.ts';

export const proveAuditConsistency = defineOperation({
  id: 'audit.proveConsistency',
  summary: 'Prove that the audit log was only appended to',
  description:
    'Returns the RFC 6962 proof that the log of the first size is the beginning of the log of the second, by default the current one.',
  risk: 'none',
  access: 'workspace:audit.read',
  http: { method: 'GET', path: '/v1/audit/consistency' },
  input: z.strictObject({ fromSize: z.int().min(1), toSize: z.int().min(1).optional() }),
  output: consistencyProof,
  errors: ['NOT_FOUND'],
  toolset: 'governance',
  idempotent: true,
});
