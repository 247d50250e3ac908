import { z } from 'zod';
import { auditCheckpoint, auditReceipt, auditVerdict } from '../../models/audit.ts';
import { did } from '../../models/common.ts';
import { defineLocalOperation } from '../define.ts';

export const verifyAudit = defineLocalOperation({
  id: 'audit.verify',
  summary: 'Verify an exported audit log offline',
  description:
    'Recomputes every leaf and the tree of an export and checks the signature of its checkpoint. A checkpoint or receipt that was kept from before also detects a log that was cut short or rewritten. Calls nobody.',
  risk: 'none',
  input: z.strictObject({
    lines: z.string().meta({ description: 'The export, one JSON object a line' }),
    gatewayDid: did
      .optional()
      .meta({ description: 'Who must have signed; default whoever the export names' }),
    checkpoint: auditCheckpoint.optional().meta({ description: 'One kept from before' }),
    receipts: z.array(auditReceipt).max(1000).optional(),
  }),
  output: auditVerdict,
  errors: ['VALIDATION_FAILED'],
  idempotent: true,
  isKeyless: true,
});
