import type { AclFallback, AclResourceType, AclRule, PrincipalType } from '@bonafide/core/models';
import type { Key, Page } from './queries.ts';

/** What is stored of acl. */
export interface AclTables {
  readonly acl: AclTable;
}

export type StoredFallback = Omit<AclFallback, 'isDefault'>;

export interface RuleQuery {
  readonly workspace: string;
  readonly principalType?: PrincipalType | undefined;
  readonly principalId?: string | undefined;
  readonly resourceType?: AclResourceType | undefined;
}

export interface AclTable {
  insert(workspace: string, rule: AclRule): void;
  /** False when there was none. */
  remove(key: Key): boolean;
  /** Removes the rules whose time was over. */
  removeExpired(workspace: string, now: string): void;
  setFallback(workspace: string, fallback: StoredFallback): void;
  /** Never twice the same: another one with every change of a rule or fallback; empty where none was ever made. */
  getRevision(workspace: string): string;
  get(key: Key): AclRule | undefined;
  getCount(workspace: string): number;
  list(query: RuleQuery, page: Page): AclRule[];
  /** All of the workspace, oldest first. */
  listEvery(workspace: string): AclRule[];
  /** What somebody set. */
  listFallbacks(workspace: string): StoredFallback[];
}
