import { z } from 'zod';
import { inclusionProof } from '../../models/audit.ts';
import { defineOperation } from '../define.ts';

export const proveAuditInclusion = defineOperation({
  id: 'audit.proveInclusion',
  summary: 'Prove that an entry is in the audit log',
  description:
    'Returns the RFC 6962 audit path of an entry in the tree of the given size, by default the current one.',
  risk: 'none',
  access: 'workspace:audit.read',
  http: { method: 'GET', path: '/v1/audit/{sequence}/inclusion' },
  input: z.strictObject({ sequence: z.int().min(1), size: z.int().min(1).optional() }),
  output: inclusionProof,
  errors: ['NOT_FOUND'],
  toolset: 'governance',
  idempotent: true,
});
