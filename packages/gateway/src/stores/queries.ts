import type { Action, AgentRecord, Approval } from '@bonafide/core/models';

/** Names a row of one workspace. */
export interface Key {
  readonly workspace: string;
  readonly id: string;
}

/** Newest first: up to `limit` rows older than the id `before`. */
export interface Page {
  readonly limit: number;
  readonly before?: string | undefined;
}

export interface AgentQuery {
  readonly workspace: string;
  readonly status?: AgentRecord['status'] | undefined;
}

export interface ProfileQuery {
  readonly workspace: string;
  /** Of the profile or of a skill. */
  readonly capability?: string | undefined;
  /** In the name, the description or what its skills say. */
  readonly text?: string | undefined;
  /** Leaves out whose score is lower, to three places, or not known. */
  readonly minTrust?: number | undefined;
  /** Only those who take peer connections at this time, in milliseconds since 1970. */
  readonly onlineAtMs?: number | undefined;
}

export interface ActionQuery {
  readonly workspace: string;
  readonly agentId?: string | undefined;
  readonly status?: Action['status'] | undefined;
  readonly action?: string | undefined;
}

export interface ApprovalQuery {
  readonly workspace: string;
  readonly status?: Approval['status'] | undefined;
  readonly agentId?: string | undefined;
}

export interface AuditQuery {
  readonly workspace: string;
  /** The agent that acted, or what people and the system did was about. */
  readonly agentId?: string | undefined;
  readonly action?: string | undefined;
  readonly actor?: string | undefined;
  readonly event?: string | undefined;
  readonly subject?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}
