import type { CheckpointInfo } from '@bonafide/core/models';

/** What is stored of checkpoints. */
export interface CheckpointTables {
  readonly checkpoints: CheckpointTable;
}

export interface CheckpointOwner {
  readonly workspace: string;
  /** Address of whom it belongs to. */
  readonly owner: string;
}

export interface CheckpointId extends CheckpointOwner {
  readonly key: string;
}

/** Without its data, which is large. */
export interface StoredCheckpoint extends CheckpointInfo, CheckpointOwner {}

/** Knows nothing of time: a checkpoint is there until it is removed, also beyond its time to live. */
export interface CheckpointTable {
  /** Adds one that is not there. */
  insert(checkpoint: StoredCheckpoint, data: string): void;
  /** Replaces everything of one that is there. */
  update(checkpoint: StoredCheckpoint, data: string): void;
  /** Removes one; no later one of the owner has its version or one below it. */
  remove(id: CheckpointId): void;
  get(id: CheckpointId): StoredCheckpoint | undefined;
  /** As JSON. */
  getData(id: CheckpointId): string | undefined;
  /** In the order of the bytes of the keys in UTF-8. */
  list(
    owner: CheckpointOwner,
    page: { readonly after?: string | undefined; readonly limit: number },
  ): StoredCheckpoint[];
  /** Those of all owners whose time is over. */
  listExpired(now: string, limit: number): StoredCheckpoint[];
  /** How many an owner has, and the highest version of those that were removed. */
  getTotals(owner: CheckpointOwner): { readonly checkpoints: number; readonly versionFloor: number };
}
