import type { KvChange, KvEntryInfo } from '@bonafide/core/models';

/** What is stored of keys, and the log of their changes. */
export interface KvTables {
  readonly kv: KvTable;
  readonly kvChanges: KvChangeTable;
}

export interface KvId {
  /** Whose keys: one scope of one workspace or user. */
  readonly namespace: string;
  readonly key: string;
}

export interface StoredKvEntry extends KvEntryInfo {
  readonly namespace: string;
  /** As JSON. */
  readonly value: string;
}

export interface KvRange {
  readonly namespace: string;
  readonly prefix: string;
  /** A key that they come after. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Knows nothing of time: an entry is there until it is removed, also beyond its time to live. */
export interface KvTable {
  /** Adds a key that is not there. */
  insert(entry: StoredKvEntry): void;
  /** Replaces everything of a key that is there. */
  update(entry: StoredKvEntry): void;
  /** Removes a key; no later one of the namespace has this version or one below it. */
  remove(id: KvId, version: number): void;
  get(id: KvId): StoredKvEntry | undefined;
  /** In the order of the bytes of the keys in UTF-8. */
  list(range: KvRange): StoredKvEntry[];
  /** Those of all namespaces whose time is over, the longest over first. */
  listExpired(now: string, limit: number): StoredKvEntry[];
  /** How many keys a namespace has, and the highest version of those that were removed. */
  getTotals(namespace: string): { readonly keys: number; readonly versionFloor: number };
}

export interface StoredKvChange extends Omit<KvChange, 'value'> {
  readonly namespace: string;
  /** As JSON; only of a `put`. */
  readonly value?: string | undefined;
}

export interface KvChangeTable {
  /** Gives the change the next sequence, which rises over all namespaces in the order of the commits. */
  append(change: StoredKvChange): void;
  listAfter(range: {
    readonly namespace: string;
    readonly after: number;
    readonly limit: number;
  }): (StoredKvChange & { readonly sequence: number })[];
  /** `floor` is the last sequence of the namespace that was pruned, `newest` the last one given to any. */
  getBounds(namespace: string): { readonly floor: number; readonly newest: number };
  /** Removes the oldest: those before a time, and all but the newest `keep`. The very newest always stays. */
  prune(range: { readonly before: string; readonly keep: number }): void;
}
