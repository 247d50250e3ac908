import type { DatabaseSync } from 'node:sqlite';
import type { AclTables } from '../../acl.ts';

export function aclTables(_database: DatabaseSync): AclTables {
  return {};
}
