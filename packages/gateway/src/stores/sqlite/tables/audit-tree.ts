import type { DatabaseSync } from 'node:sqlite';
import type { AuditTreeTables } from '../../audit-tree.ts';

export function auditTreeTables(_database: DatabaseSync): AuditTreeTables {
  return {};
}
