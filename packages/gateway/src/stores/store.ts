import type {
  Action,
  AgentRecord,
  Approval,
  AuditEntry,
  Event,
  Skill,
  Token,
  Workspace,
  WorkspaceSettings,
} from '@bonafide/core/models';
import type { AclTables } from './acl.ts';
import type { AuditTreeTables } from './audit-tree.ts';
import type { ChainTables } from './chain.ts';
import type { CheckpointTables } from './checkpoints.ts';
import type { ComplianceTables } from './compliance.ts';
import type { DecisionTables } from './decisions.ts';
import type { GrantTables } from './grants.ts';
import type { KeeperTables } from './keeper.ts';
import type { KvTables } from './kv.ts';
import type { LaunchTables } from './launches.ts';
import type { McpServerTables } from './mcp-servers.ts';
import type { MessageTables } from './messages.ts';
import type { PeerTables } from './peers.ts';
import type { PeopleTables } from './people.ts';
import type {
  ActionQuery,
  AgentQuery,
  ApprovalQuery,
  AuditQuery,
  Key,
  Page,
  ProfileQuery,
} from './queries.ts';
import type { SessionTables } from './sessions.ts';
import type { TaskTables } from './tasks.ts';
import type { TrustTables } from './trust.ts';
import type { ViolationTables } from './violations.ts';
import type { WebhookTables } from './webhooks.ts';
import type { WorkflowTables } from './workflows.ts';
import type { WorkspaceDataTables } from './workspace-data.ts';

/** A store: reads at once, writes durably and atomically. Knows nothing of HTTP or of who may do what. */
export interface Store {
  /** The committed state. */
  readonly read: Reads;
  /**
   * Runs `work` in a transaction and resolves once it is durable. Calls of one event-loop turn share a transaction, but
   * each fails alone. `work` may run twice, so it must do nothing but read and write these tables.
   */
  commit<Result>(work: (tables: Tables) => Result): Promise<Result>;
  /** Whether a write would go through. */
  isWritable(): boolean;
  close(): Promise<void>;
}

export interface Tables
  extends ChainTables,
    DecisionTables,
    AuditTreeTables,
    TrustTables,
    PeopleTables,
    ViolationTables,
    WebhookTables,
    McpServerTables,
    ComplianceTables,
    KeeperTables,
    MessageTables,
    SessionTables,
    KvTables,
    CheckpointTables,
    TaskTables,
    LaunchTables,
    WorkflowTables,
    AclTables,
    GrantTables,
    PeerTables,
    WorkspaceDataTables {
  readonly workspaces: WorkspaceTable;
  readonly tokens: TokenTable;
  readonly agents: AgentTable;
  readonly actions: ActionTable;
  readonly approvals: ApprovalTable;
  readonly audit: AuditTable;
  readonly events: EventTable;
  readonly artifacts: ArtifactTable;
  readonly nonces: NonceTable;
  readonly answers: AnswerTable;
}

type ReadMethods<Table> = {
  [Name in keyof Table as Name extends `${'get' | 'find' | 'list'}${string}` ? Name : never]: Table[Name];
};

/** The reading half of every table. */
export type Reads = { readonly [Name in keyof Tables]: ReadMethods<Tables[Name]> };

/** What reading in one workspace needs; a transaction is one, too. */
export interface Reader {
  readonly tables: Reads;
  readonly workspace: string;
}

export interface WorkspaceTable {
  /** Makes the workspace when it is absent, as the root of a tenant of its own. */
  ensure(name: string, createdAt: string): void;
  /** Makes a workspace of a tenant. */
  insert(workspace: Omit<Workspace, 'settings'>): void;
  /** Ends it; its name stays taken. */
  close(name: string, closedAt: string): void;
  get(name: string): Omit<Workspace, 'settings'> | undefined;
  /** The root of its tenant; undefined when nobody made the workspace. */
  getTenant(name: string): string | undefined;
  /** When it was closed; undefined while it is open, or was never made. */
  getClosedAt(name: string): string | undefined;
  /** Closed ones included. */
  getCountOfTenant(tenant: string): number;
  /** The open ones of a tenant, by name. */
  listOfTenant(tenant: string): Omit<Workspace, 'settings'>[];
  /** The same object for the same settings, so that what is made of them can be kept beside them. */
  getSettings(name: string): StoredSettings;
  setSettings(name: string, settings: StoredSettings): void;
}

/** What somebody set; the rest has defaults. */
export type StoredSettings = { readonly [Name in keyof WorkspaceSettings]?: WorkspaceSettings[Name] };

export interface TokenTable {
  insert(token: Token, hash: string): void;
  revoke(key: Key, revokedAt: string): void;
  get(key: Key): Token | undefined;
  findByHash(hash: string): Token | undefined;
  list(workspace: string, page: Page): Token[];
  listUnrevokedOfMember(workspace: string, memberId: string): Token[];
  /** Of the instance that is to have the address. */
  listUnrevokedOfAddress(workspace: string, address: string): Token[];
  /** A token with which an owner can still come in. */
  getActiveOwner(workspace: string, now: string): Token | undefined;
}

export interface AgentTable {
  insert(agent: AgentRecord): void;
  /** Replaces the row; the keys stay. */
  update(agent: AgentRecord): void;
  /** Makes `did` the current key; the one before stays known, so nobody can take it. */
  replaceKey(agent: AgentRecord, did: string): void;
  /** What it does for others; not part of the record, which every request reads. */
  setSkills(agentId: string, skills: readonly Skill[]): void;
  /** Undefined where there are none. */
  getSkills(agentId: string): Skill[] | undefined;
  get(key: Key): AgentRecord | undefined;
  /** Of the agent whose current key this is; undefined for a replaced or unknown one. */
  getStatusOfKey(did: string): AgentRecord['status'] | undefined;
  /** By id in any workspace; the caller decides whether it may be seen. */
  getAnywhere(agentId: string): AgentRecord | undefined;
  getByName(workspace: string, name: string): AgentRecord | undefined;
  /** The agent that has or had this key. */
  findByDid(did: string): AgentRecord | undefined;
  list(query: AgentQuery, page: Page): AgentRecord[];
  /** Active ones of one workspace, or of all, in the order of their ids. */
  listActive(range: AgentRange): Pick<AgentRecord, 'workspace' | 'agentId'>[];
  /** Active agents of the workspace and listed ones of others. */
  findProfiles(query: ProfileQuery, page: Page): AgentRecord[];
}

export interface AgentRange {
  readonly workspace?: string | undefined;
  /** An id that they come after. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** An action as stored: with the time after which an undecided or unused one is void. */
export type StoredAction = Action & { readonly expiresAt?: string | undefined };

export interface ActionTable {
  insert(action: StoredAction): void;
  /** Writes status, reason, approval, outcome and times. */
  update(action: StoredAction): void;
  get(key: Key): StoredAction | undefined;
  list(query: ActionQuery, page: Page): StoredAction[];
  /** Pending or approved ones whose time is over, of all workspaces. */
  listExpired(now: string, limit: number): StoredAction[];
  listUndecidedOfAgent(workspace: string, agentId: string): StoredAction[];
  /** How many of an agent wait for people. */
  getPendingCount(workspace: string, agentId: string): number;
}

export interface ApprovalTable {
  insert(approval: Approval): void;
  /** Writes status, reason, votes and who decided. */
  update(approval: Approval): void;
  get(key: Key): Approval | undefined;
  list(query: ApprovalQuery, page: Page): Approval[];
}

export type NewAuditEntry = Omit<AuditEntry, 'sequence' | 'dataDigest' | 'data'> & {
  readonly data: NonNullable<AuditEntry['data']>;
};

/** Where an entry is in the log, and what the Merkle tree holds of it. */
export interface AppendedEntry {
  readonly workspace: string;
  readonly sequence: number;
  readonly at: string;
  /** SHA-256 of the leaf, 32 bytes. */
  readonly leafHash: Uint8Array;
}

/** Entries of one log that follow each other, both ends included. */
export interface LogRange {
  readonly workspace: string;
  readonly fromSequence: number;
  readonly throughSequence: number;
}

/** Which entries lost their data. */
export interface PrunedEntries extends Omit<LogRange, 'workspace'> {
  readonly count: number;
}

export type AuditPage = { readonly limit: number } & (
  | { readonly after: number }
  | { readonly before: number | undefined }
);

export interface AuditTable {
  /** Gives the entry the next sequence of its workspace, and returns it. */
  append(entry: NewAuditEntry): AppendedEntry;
  /** Oldest first those after a sequence, or newest first those before one. */
  list(query: AuditQuery, page: AuditPage): AuditEntry[];
  /** Entries with what the tree holds of them, as stored. */
  listLeaves(range: LogRange): { readonly entry: AuditEntry; readonly leafHash: Uint8Array }[];
  /** The workspaces that have a log. */
  listWorkspaces(): string[];
  /** Removes the data of the oldest entries that have some, up to `limit` of those before that time; digests stay. */
  prune(range: {
    readonly workspace: string;
    readonly before: string;
    readonly limit: number;
  }): PrunedEntries | undefined;
}

export interface StoredEvent extends Pick<Event, 'type' | 'subject' | 'time' | 'data'> {
  readonly workspace: string;
}

export interface EventRange {
  readonly workspaces: readonly string[];
  readonly after: number;
  readonly limit: number;
}

export interface EventTable {
  /** Returns the id: it rises over all workspaces. */
  append(event: StoredEvent): number;
  listAfter(range: EventRange): (StoredEvent & { readonly id: number })[];
  /** Of all workspaces. */
  listEverywhereAfter(after: number, limit: number): (StoredEvent & { readonly id: number })[];
  /** `floor` is the last id that retention removed, `newest` the last one given. */
  getBounds(): { readonly floor: number; readonly newest: number };
  /** Removes events older than `before`, always keeping the newest. */
  prune(before: string): void;
}

export interface StoredArtifact {
  readonly workspace: string;
  readonly cid: string;
  readonly visibility: 'workspace' | 'public';
  readonly mediaType: string;
  readonly content: Uint8Array;
  readonly createdAt: string;
}

export interface ArtifactTable {
  /** Bytes already there stay; a workspace artifact may become public, never the other way. */
  put(artifact: StoredArtifact): void;
  /** Of the workspace, else a public one. */
  get(workspace: string, cid: string): StoredArtifact | undefined;
}

export interface Nonce {
  readonly did: string;
  readonly nonce: string;
  /** Seconds since 1970. */
  readonly expires: number;
}

export interface NonceTable {
  /** False when it was there already. */
  insert(nonce: Nonce): boolean;
  listAlive(nowSeconds: number): Nonce[];
  prune(nowSeconds: number): void;
}

/** What was answered to an idempotency key; no body when the answer held a secret. */
export interface Answer {
  readonly principal: string;
  readonly key: string;
  readonly workspace: string;
  readonly digest: string;
  readonly body: string | undefined;
  readonly createdAt: string;
}

export interface AnswerTable {
  /** False when the key was there already. */
  insert(answer: Answer): boolean;
  get(principal: string, key: string): Answer | undefined;
  prune(before: string): void;
}
