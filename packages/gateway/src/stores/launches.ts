import type { Implementation, Launch } from '@bonafide/core/models';
import type { Key, Page } from './queries.ts';

export interface StoredImplementation extends Implementation {
  readonly workspace: string;
}

export interface ImplementationTable {
  /** Replaces what was registered under the name. */
  put(implementation: StoredImplementation): void;
  /** False when there was none. */
  remove(workspace: string, implementation: string): boolean;
  get(workspace: string, implementation: string): StoredImplementation | undefined;
  /** By name; those after a name. */
  list(
    workspace: string,
    page: { readonly after?: string | undefined; readonly limit: number },
  ): StoredImplementation[];
  /** Of all workspaces. */
  listAll(): StoredImplementation[];
}

/** A start as stored: whom it is for, how often it was tried, and what may connect for it. */
export interface StoredLaunch extends Launch {
  readonly address: string;
  readonly isPooled: boolean;
  /** How often an orchestrator was asked and nothing came of it. */
  readonly failures: number;
  /** Orchestrators that failed. */
  readonly failedWith: readonly string[];
  readonly tokenId?: string | undefined;
  /** An assigned one is given up then, a waiting one not tried before. */
  readonly dueAt: string;
}

export type LaunchFence = Pick<StoredLaunch, 'status' | 'orchestrator' | 'failures'>;

export interface LaunchTable {
  insert(launch: StoredLaunch): void;
  /** Writes what changes; false, and nothing is written, when the row is no longer as `fence` says. */
  update(launch: StoredLaunch, fence: LaunchFence): boolean;
  get(key: Key): StoredLaunch | undefined;
  /** The one under way for an address: waiting or assigned. */
  findOpen(workspace: string, address: string): StoredLaunch | undefined;
  /** How many of a pool are under way. */
  getOpenCount(workspace: string, implementation: string): number;
  /** How many an orchestrator was asked for that did not start yet. */
  getAssignedCount(workspace: string, orchestrator: string): number;
  /** When one for this address, or for the pool, was given up last. */
  getGivenUpAt(of: {
    readonly workspace: string;
    readonly implementation: string;
    /** Absent for the pool. */
    readonly address?: string | undefined;
  }): string | undefined;
  list(
    workspace: string,
    query: { readonly status?: Launch['status'] | undefined },
    page: Page,
  ): StoredLaunch[];
  /** Under way, of all workspaces, oldest first. */
  listOpen(): StoredLaunch[];
  /** Removes those that ended before. */
  prune(before: string): void;
}

/** An orchestrator that connected, with what it can start. */
export interface StoredOrchestrator {
  readonly workspace: string;
  readonly address: string;
  readonly sessionId: string;
  readonly profiles: readonly string[];
}

export interface OrchestratorTable {
  /** In place of what the address had. */
  put(orchestrator: StoredOrchestrator): void;
  remove(sessionId: string): void;
  /** Those of a workspace; whether their sessions still live, the sessions tell. */
  list(workspace: string): StoredOrchestrator[];
}

/** What is stored of implementations and of starting them. */
export interface LaunchTables {
  readonly implementations: ImplementationTable;
  readonly launches: LaunchTable;
  readonly orchestrators: OrchestratorTable;
}
