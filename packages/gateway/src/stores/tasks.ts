import type { Task, TaskStatus } from '@bonafide/core/models';
import type { JsonObject } from '../json.ts';
import type { Key, Page } from './queries.ts';

/** A task as stored: with where it waits, how it is repeated, and who is told. */
export interface StoredTask extends Task {
  /** Where workers look for it: an address, a pool, or `type/<taskType>` for any worker. */
  readonly queue: string;
  /** As in audit entries. */
  readonly createdByActor: string;
  /** The attempt that its retries are counted from: those before it are forgiven. */
  readonly attemptsBefore: number;
  readonly initialBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly launchParameters?: JsonObject | undefined;
  readonly notify?: string | undefined;
  /** The session that its lease lives with. */
  readonly sessionId?: string | undefined;
  /** The gateway that renews its lease, which is the one that has the session. */
  readonly gatewayId?: string | undefined;
}

/** What makes a change fenced: the row must still be as it was read. */
export type TaskFence = Pick<StoredTask, 'status' | 'attempt'>;

export interface TaskQuery {
  readonly workspace: string;
  readonly status?: TaskStatus | undefined;
  readonly taskType?: string | undefined;
  readonly createdBy?: string | undefined;
  readonly assignedTo?: string | undefined;
  /** Only what this participant created, is meant for or works on. */
  readonly party?: { readonly name: string; readonly actor: string } | undefined;
}

/** What is needed to choose among claimable tasks. */
export type ClaimableTask = Pick<StoredTask, 'taskId' | 'priority' | 'taskType'>;

export interface ClaimableQuery {
  readonly workspace: string;
  readonly queue: string;
  readonly taskTypes?: readonly string[] | undefined;
  readonly limit: number;
}

/** Some sessions, or all, of one gateway. */
export interface SessionHolder {
  readonly gatewayId: string;
  readonly sessionId: string;
}

export interface TaskTable {
  insert(task: StoredTask): void;
  /** Writes all that changes; false, and nothing is written, when the row is no longer as `fence` says. */
  update(task: StoredTask, fence: TaskFence): boolean;
  get(key: Key): StoredTask | undefined;
  list(query: TaskQuery, page: Page): StoredTask[];
  /** Pending and due, the most urgent first, then the oldest. */
  listClaimable(query: ClaimableQuery): ClaimableTask[];
  /** Queues that begin like this and hold something claimable. */
  listClaimableQueues(
    workspace: string,
    range: { readonly prefix: string; readonly limit: number },
  ): string[];
  /** How many are claimable, counted up to `limit`. */
  getClaimableCount(query: ClaimableQuery): number;
  /** Running ones of all workspaces whose lease is over. */
  listExpired(now: string, limit: number): Key[];
  /** Pending ones of all workspaces whose wait is over. */
  listDue(now: string, limit: number): Key[];
  /** Running ones whose lease lives with a session of this address. */
  listOfSessions(workspace: string, address: string): StoredTask[];
  /** Sessions of a gateway with which leases live. */
  listHeldSessions(gatewayId: string): string[];
  /** How many workers run a task of the queue. */
  getBusyCount(workspace: string, queue: string): number;
  /** How many of a workspace are not over. */
  getOpenCount(workspace: string): number;
  /** Moves the end of every session lease of a gateway. */
  renewLeases(gatewayId: string, leaseExpiresAt: string): void;
  /** The session is gone: its leases end then, and nobody renews them. */
  endLeases(session: SessionHolder, leaseExpiresAt: string): void;
  /** Removes those that ended before: completed and cancelled ones, and failed and dead ones. */
  prune(range: { readonly finishedBefore: string; readonly failedBefore: string }): void;
}

/** What is stored of tasks. */
export interface TaskTables {
  readonly tasks: TaskTable;
}
