import type { DelegationGrant as Grant } from '@bonafide/core/models';
import type { Key, Page } from './queries.ts';

/** What is stored of grants. */
export interface GrantTables {
  readonly grants: GrantTable;
}

export interface GrantQuery {
  readonly workspace: string;
  readonly subject?: string | undefined;
  readonly delegate?: string | undefined;
  /** Only those whose subject, maker or delegate has one of these names. */
  readonly concerning?: readonly string[] | undefined;
}

export interface GrantTable {
  insert(workspace: string, grant: Grant): void;
  revoke(key: Key, revokedAt: string): void;
  /** Beside the grant and for this operation of it. */
  noteUse(key: Key, use: { readonly operation: string; readonly at: string }): void;
  get(key: Key): Grant | undefined;
  /** When a use for this operation was last noted. */
  getNotedAt(key: Key, operation: string): string | undefined;
  list(query: GrantQuery, page: Page): Grant[];
}
