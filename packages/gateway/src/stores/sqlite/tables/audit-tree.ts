import type { DatabaseSync } from 'node:sqlite';
import { HASH_BYTES } from '@bonafide/core/audit';
import type { AuditTreeTable, AuditTreeTables } from '../../audit-tree.ts';

/**
 * The row of entry n holds the hashes that became final with it: its leaf, then going up the root of each complete subtree
 * that it ends. So the tree costs no rows of its own, and appending inserts one row.
 */
export function auditTreeTable(database: DatabaseSync): AuditTreeTable {
  const size = database.prepare('SELECT max(sequence) AS size FROM audit WHERE workspace = ?');
  const hashes = database.prepare('SELECT hashes FROM audit WHERE workspace = ? AND sequence = ?');
  return {
    getSize: (workspace) => Number(size.get(workspace)?.size ?? 0),
    getNode({ workspace, level, position }) {
      const row = hashes.get(workspace, (position + 1) * 2 ** level);
      if (!(row?.hashes instanceof Uint8Array)) return undefined;
      return row.hashes.subarray(level * HASH_BYTES, (level + 1) * HASH_BYTES);
    },
  };
}

export function auditTreeTables(database: DatabaseSync): AuditTreeTables {
  return { auditTree: auditTreeTable(database) };
}
