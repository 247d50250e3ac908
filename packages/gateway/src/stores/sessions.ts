import type { Connection } from '@bonafide/core/models';
import type { Page } from './queries.ts';

/** What is stored of gateways, of who is connected to which, and of whose each address is. */
export interface SessionTables {
  readonly gateways: GatewayTable;
  readonly sessions: SessionTable;
  readonly claims: ClaimTable;
}

/** Where a gateway runs, so that its successor on the same machine knows at once that it is gone. */
export interface GatewayHome {
  readonly gatewayId: string;
  readonly host: string;
  readonly pid: number;
}

export interface GatewayTable {
  /** Milliseconds since 1970 until when it counts as alive. */
  insert(home: GatewayHome, aliveUntil: number): void;
  /** False when it was removed: others took it for dead, and what it held is no longer its. */
  renew(gatewayId: string, aliveUntil: number): boolean;
  /** With all its sessions. */
  remove(gatewayId: string): void;
  getAliveUntil(gatewayId: string): number | undefined;
  /** Of the one that was renewed last. */
  getNewestAliveUntil(): number | undefined;
  listHomes(): GatewayHome[];
  listExpired(nowMs: number): string[];
}

/** The session that holds its address. */
export interface SessionTable {
  /** Takes the address, whoever had it. */
  put(session: Connection): void;
  /** Gives the address back; nothing when somebody else has it by now. */
  remove(sessionId: string): void;
  get(sessionId: string): Connection | undefined;
  getHolder(workspace: string, address: string): Connection | undefined;
  /** Of living gateways. */
  list(query: SessionQuery, page: Page): Connection[];
}

export interface SessionQuery {
  readonly workspace: string;
  readonly address?: string | undefined;
  readonly principalType?: Connection['principalType'] | undefined;
  readonly nowMs: number;
}

/** An address, and the credential that alone may use it. */
export interface Claim {
  readonly workspace: string;
  readonly address: string;
  readonly actor: string;
  /** Of the last session. */
  readonly epoch: number;
  readonly resumeHash: string;
  /** Of the token that the last session showed, whose client may not have got the next one. */
  readonly previousHash?: string | undefined;
  /** Made by the gateway for one client, so that it can be forgotten. */
  readonly isGenerated: boolean;
  readonly usedAt: string;
}

export interface ClaimTable {
  put(claim: Claim): void;
  get(workspace: string, address: string): Claim | undefined;
  /** By the last token, or the one before. */
  findByResumeHash(workspace: string, resumeHash: string): Claim | undefined;
  /** Removes generated ones that nobody used since and nobody holds. */
  prune(before: string): void;
}
