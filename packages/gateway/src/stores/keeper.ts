/** What anybody may do to a job, or for the treasury, once its time has come. */
export type DueKind =
  | 'captureEntropy'
  | 'settle'
  | 'escalate'
  | 'assignArbitrator'
  | 'finalize'
  | 'claimRefund'
  | 'releaseBonds'
  | 'sync';

export interface DueCall {
  /** '0' for what belongs to no job. */
  readonly jobId: string;
  readonly kind: DueKind;
  /** A reading of the kernel's clock, in seconds. */
  readonly dueAt: number;
}

export interface StoredDueCall extends DueCall {
  /** How often it was tried in vain. */
  readonly attempts: number;
}

/** Calls that time makes due, and who is at them: a call that is put off is claimed, or was tried in vain. */
export interface DueCallTable {
  /** In place of what was there of this job; what stays the same stays put off. */
  replaceOfJob(jobId: string, calls: readonly Omit<DueCall, 'jobId'>[]): void;
  /** Due at `clock` and not put off at `nowMs`: entropy first, because it is forgotten, then the longest due. */
  listDue(at: { readonly clock: number; readonly nowMs: number }, limit: number): StoredDueCall[];
  /** Puts a call off until `untilMs`; false when it is put off already at `nowMs`, or gone. */
  claim(call: DueCall, lease: { readonly nowMs: number; readonly untilMs: number }): boolean;
  /** Only the call that is due at this time, and not a later one of its kind. */
  putOff(call: DueCall, until: { readonly untilMs: number; readonly attempts: number }): void;
}

/** What a keeper has spent on fees, in wei, by UTC day and account. */
export interface KeeperSpendingTable {
  get(day: string, account: string): bigint;
  set(spent: { readonly day: string; readonly account: string; readonly wei: bigint }): void;
  prune(beforeDay: string): void;
}

/** What keepers on one store share. */
export interface KeeperTables {
  readonly dueCalls: DueCallTable;
  readonly keeperSpending: KeeperSpendingTable;
}
