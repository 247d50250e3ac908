/** What reports ask of the log beside reading it. */
export interface ComplianceTables {
  readonly auditMarks: AuditMarkTable;
}

/** The entry that gave an agent the key it had at some time. */
export interface KeyStart {
  readonly agentId: string;
  readonly sequence: number;
  readonly at: string;
  readonly event: string;
}

/** Entries that are found without reading the log. */
export interface AuditMarkTable {
  /** In the order of agent ids, those greater than `after`: since when each agent had the key that it had before `time`. */
  listKeyStarts(
    query: { readonly workspace: string; readonly time: string },
    page: { readonly after: string; readonly limit: number },
  ): KeyStart[];
  /** Up to which entry the log says that retention removed data; 0 when it says nothing. */
  getPrunedThrough(workspace: string): number;
}
