/** What a closed workspace leaves behind. */
export interface WorkspaceDataTables {
  readonly workspaceData: WorkspaceDataTable;
}

export interface WorkspaceDataTable {
  /**
   * Removes what its principals left with each other: messages, keys, checkpoints, tasks, launches, workflow rules, acl rules and
   * grants. What is evidence stays: log, events, actions, and who was there.
   */
  forget(workspace: string): void;
}
