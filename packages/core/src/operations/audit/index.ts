import { exportAudit } from './export.ts';
import { getAuditCheckpoint } from './get-checkpoint.ts';
import { listAuditEntries } from './list.ts';
import { proveAuditConsistency } from './prove-consistency.ts';
import { proveAuditInclusion } from './prove-inclusion.ts';
import { verifyAudit } from './verify.ts';

export const audit = {
  list: listAuditEntries,
  getCheckpoint: getAuditCheckpoint,
  proveInclusion: proveAuditInclusion,
  proveConsistency: proveAuditConsistency,
  export: exportAudit,
  verify: verifyAudit,
};
