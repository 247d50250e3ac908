/** What was tried with an action by whom, against its decision. */
export interface Violation {
  readonly workspace: string;
  readonly actionId: string;
  readonly agentId: string;
  readonly reason: string;
}

export interface ViolationTables {
  readonly violations: ViolationTable;
}

export interface ViolationTable {
  /** Counts one more of the same and returns how many there are. */
  count(violation: Violation): number;
}
