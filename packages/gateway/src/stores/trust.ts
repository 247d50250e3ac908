import type { Feedback, TrustFactorName, TrustPoint, TrustScore } from '@bonafide/core/models';
import type { AlertTable } from './alerts.ts';
import type { Key } from './queries.ts';

/** What is stored of trust scores and alerts. */
export interface TrustTables {
  readonly alerts: AlertTable;
  readonly tallies: TallyTable;
  readonly trustScores: TrustScoreTable;
  readonly trustHistory: TrustHistoryTable;
  readonly feedback: FeedbackTable;
}

export type TallyName =
  | 'approved'
  | 'denied'
  | 'expired'
  | 'unanswered'
  | 'executed'
  | 'failed'
  | 'supervised'
  | 'violations';

/** How often what happened. */
export type Tally = Readonly<Record<TallyName, number>>;

/** A tally of one agent on one day of UTC, as in `2026-01-31`. */
export interface DayOfAgent {
  readonly workspace: string;
  readonly agentId: string;
  readonly day: string;
}

/** What the events say of agents, day by day, and up to which event they have been counted. */
export interface TallyTable {
  add(day: DayOfAgent, tally: Partial<Tally>): void;
  /** Of that day and all later ones. */
  getSumSince(day: DayOfAgent): Tally;
  /** Id of the last event that was counted; 0 before the first. */
  getCursor(): number;
  setCursor(eventId: number): void;
  /** Removes the days before `day`, of all workspaces. */
  prune(day: string): void;
}

/** The score of an agent as it was computed last, unrounded. */
export interface StoredTrust extends Omit<TrustScore, 'factors'> {
  readonly workspace: string;
  readonly factors: NonNullable<TrustScore['factors']>;
  /** How bad the last alert about it said it was: 0 not at all, 1 low, 2 very low. */
  readonly alarm: 0 | 1 | 2;
}

export interface TrustScoreTable {
  /** Replaces the agent's row. */
  put(trust: StoredTrust): void;
  get(key: Key): StoredTrust | undefined;
  /** Only the number. */
  getScore(key: Key): number | undefined;
}

export type StoredTrustPoint = Omit<TrustPoint, 'factors'> & {
  readonly workspace: string;
  readonly factors: Record<TrustFactorName, number>;
};

export interface TrustHistoryTable {
  append(point: StoredTrustPoint): void;
  /** The score of the newest point. */
  getNewestScore(key: Key): number | undefined;
  /** Newest first: points whose position is lower than `before`. */
  list(
    key: Key,
    page: { readonly before?: number | undefined; readonly limit: number },
  ): (StoredTrustPoint & { readonly position: number })[];
}

export interface FeedbackTable {
  /** Replaces what the same person said of the same agent and action. */
  put(workspace: string, feedback: Feedback): void;
  getCountsSince(key: Key, since: string): { readonly positive: number; readonly negative: number };
}
