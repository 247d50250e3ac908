import type { Alert } from '@bonafide/core/models';
import type { Key, Page } from './queries.ts';

export interface AlertQuery {
  readonly workspace: string;
  readonly status?: Alert['status'] | undefined;
  readonly type?: Alert['type'] | undefined;
  readonly severity?: Alert['severity'] | undefined;
  readonly agentId?: string | undefined;
}

/** Alerts of one kind about an agent. */
export interface AlertCount extends Pick<Alert, 'type' | 'severity'> {
  readonly count: number;
  /** Those of them that nobody has resolved. */
  readonly unresolved: number;
}

export interface AlertTable {
  /** Refused while another of the same type and subject is unresolved. */
  insert(alert: Alert): void;
  /** Writes everything but identity, type, subject and time of creation. */
  update(alert: Alert): void;
  get(key: Key): Alert | undefined;
  /** The one alert of a type about a subject that is open or acknowledged. */
  getUnresolved(about: Pick<Alert, 'workspace' | 'type' | 'subject'>): Alert | undefined;
  list(query: AlertQuery, page: Page): Alert[];
  /** What counts against an agent: raised since then or still unresolved, and no false alarm. */
  listCountsAgainst(agent: Key, since: string): AlertCount[];
}
