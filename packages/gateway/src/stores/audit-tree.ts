/** A complete subtree of a workspace's log, or on level 0 a leaf. */
export interface TreeNode {
  readonly workspace: string;
  readonly level: number;
  readonly position: number;
}

/** The Merkle tree over the audit log, which grows with every entry that is appended there. */
export interface AuditTreeTable {
  /** Entries of the workspace. */
  getSize(workspace: string): number;
  /** The root of a complete subtree; undefined while the log is too short. */
  getNode(node: TreeNode): Uint8Array | undefined;
}

/** What is stored of the Merkle tree over the audit log. */
export interface AuditTreeTables {
  readonly auditTree: AuditTreeTable;
}
