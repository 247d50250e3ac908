import type { CapabilityGrant, Policy } from '@bonafide/core/models';
import type { Key, Page } from './queries.ts';

/** What is stored of policies and capabilities. */
export interface DecisionTables {
  readonly policies: PolicyTable;
  readonly capabilities: CapabilityTable;
}

/** A version as it is put; `revision` is random, so it names this text even where a rolled back one had its number. */
export type NewPolicy = Omit<Policy, 'isActive'> & { readonly revision: string };

export type ActivePolicy = Pick<NewPolicy, 'mode' | 'version' | 'revision'>;

/** Versions are never changed or removed. */
export interface PolicyTable {
  /** Adds the version and makes it the one in force in its mode. */
  insert(policy: NewPolicy): void;
  get(workspace: string, version: number): Policy | undefined;
  /** Of all modes; 0 when there is none. */
  getNewestVersion(workspace: string): number;
  /** At most one of each mode. */
  listActive(workspace: string): ActivePolicy[];
  /** Newest first. */
  list(workspace: string, page: { readonly before?: number | undefined; readonly limit: number }): Policy[];
}

export interface CapabilityQuery {
  readonly workspace: string;
  readonly agentId?: string | undefined;
  readonly status?: CapabilityGrant['status'] | undefined;
  /** A granted one whose time is over by then counts as expired. */
  readonly now: string;
}

export interface CapabilityTable {
  insert(grant: CapabilityGrant): void;
  /** Writes status, reasons, who decided and times. */
  update(grant: CapabilityGrant): void;
  get(key: Key): CapabilityGrant | undefined;
  list(query: CapabilityQuery, page: Page): CapabilityGrant[];
  /** Requested and granted ones of an agent, whose time may be over. */
  listOpen(workspace: string, agentId: string): CapabilityGrant[];
  /** Granted ones of an agent, whose time may be over; every decision asks. */
  listGranted(workspace: string, agentId: string): CapabilityGrant[];
  /** Granted ones whose time is over, of all workspaces. */
  listExpired(now: string, limit: number): CapabilityGrant[];
}
