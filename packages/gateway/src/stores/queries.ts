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
  readonly capability?: string | undefined;
  readonly text?: string | undefined;
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
