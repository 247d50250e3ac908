import { ValidationError } from '../errors.ts';
import type { Action } from '../models/action.ts';
import type { AuditEntry } from '../models/audit.ts';
import type { Risk } from '../models/common.ts';
import type { ComplianceReport } from '../models/compliance.ts';
import type { TrustFactorName } from '../models/trust.ts';
import { toJsonParameters } from './json-parameters.ts';
import { toOutcomeReport } from './outcome.ts';
import type { CallOptions, Client } from './types.ts';

/** An action that already happened, without having been verified. */
export interface LoggedAction {
  readonly action: string;
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
  readonly risk?: Risk | undefined;
  readonly resource?: string | undefined;
  /** Anything; what is large or not JSON is logged as digest or text. */
  readonly result?: unknown;
  /** Default: whether there is no `error`. */
  readonly success?: boolean | undefined;
  readonly error?: unknown;
}

/** The score with its eight factors, each from 0 to 1. */
export interface TrustBreakdown {
  readonly overall: number;
  readonly factors: Readonly<Record<TrustFactorName, number>>;
  /** True while too little is known of the agent. */
  readonly isProvisional: boolean;
}

export interface AuditLogQuery {
  /** At most so many; default 100. */
  readonly limit?: number | undefined;
  /** Entries to skip first. */
  readonly offset?: number | undefined;
  readonly startDate?: Date | string | undefined;
  readonly endDate?: Date | string | undefined;
  readonly action?: string | undefined;
  /** Which come first; default `newest`. */
  readonly order?: 'newest' | 'oldest' | undefined;
}

/** One line of the audit log; `entry` is what the log's tree is over. */
export interface AuditLog {
  readonly timestamp: string;
  /** The action, or the event for what is none. */
  readonly action: string;
  /** `approved`, `denied`, `executed`, …: the last word of the event. */
  readonly status: string;
  readonly entry: AuditEntry;
}

/** Entries of the log, read page by page as they are iterated. */
export interface AuditLogs extends AsyncIterable<AuditLog> {
  toArray(): Promise<AuditLog[]>;
}

export interface ComplianceReportRequest {
  /** Default `soc2`. */
  readonly reportType?: ComplianceReport['reportType'] | undefined;
  /** Default 30 days before the end. */
  readonly startDate?: Date | string | undefined;
  /** Default now. */
  readonly endDate?: Date | string | undefined;
}

/** What an agent can say about itself: what it did, how far it is trusted, and the evidence. */
export interface Insights {
  logAction(logged: LoggedAction, options?: CallOptions): Promise<Action>;
  getTrustScore(request: { readonly detailed: true }, options?: CallOptions): Promise<TrustBreakdown>;
  getTrustScore(request?: { readonly detailed?: false }, options?: CallOptions): Promise<number>;
  getAuditLogs(query?: AuditLogQuery): AuditLogs;
  exportComplianceReport(
    request: ComplianceReportRequest & { readonly format: 'csv' },
    options?: CallOptions,
  ): Promise<string>;
  exportComplianceReport(
    request: ComplianceReportRequest & { readonly format: 'pdf' },
    options?: CallOptions,
  ): Promise<Uint8Array>;
  exportComplianceReport(
    request?: ComplianceReportRequest & { readonly format?: 'json' },
    options?: CallOptions,
  ): Promise<ComplianceReport>;
}

interface InsightSettings {
  readonly client: Client;
  readonly onTrustScore: (score: number) => void;
}

const LARGEST_PAGE = 100;

export function createInsights({ client, onTrustScore }: InsightSettings): Insights {
  const getTrustScore = async (
    { detailed = false }: { readonly detailed?: boolean } = {},
    options?: CallOptions,
  ): Promise<number | TrustBreakdown> => {
    const { score, factors, isProvisional } = await client.trust.get({ detailed }, options);
    onTrustScore(score);
    if (!detailed) return score;
    const values = Object.entries(factors ?? {}).map(([name, { value }]) => [name, value]);
    return { overall: score, factors: Object.fromEntries(values), isProvisional };
  };
  const exportReport = async (request: ComplianceReportRequest = {}, options?: CallOptions) => {
    const { exportReport: run } = await import('./compliance-export.ts');
    return run(client, { ...request, ...toPeriod(request), options });
  };
  return {
    logAction: (logged, options) => client.actions.log(toLogInput(logged), options),
    // The overloads tell the two results apart.
    getTrustScore: getTrustScore as Insights['getTrustScore'],
    getAuditLogs: (query = {}) => {
      const period = toPeriod(query);
      const read = () => readLogs(client, { ...query, ...period });
      return { [Symbol.asyncIterator]: read, toArray: () => collect(read()) };
    },
    exportComplianceReport: exportReport as Insights['exportComplianceReport'],
  };
}

type LogInput = Parameters<Client['actions']['log']>[0];

function toLogInput({ result, error, success = error === undefined, ...logged }: LoggedAction): LogInput {
  const report = toOutcomeReport(success ? { result } : { error: error ?? 'No reason was given.' });
  const parameters = logged.parameters && toJsonParameters(logged.parameters);
  return { ...logged, parameters, ...report };
}

interface Period {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

function toPeriod({ startDate, endDate }: Pick<AuditLogQuery, 'startDate' | 'endDate'>): Period {
  return { from: toTimestamp('startDate', startDate), to: toTimestamp('endDate', endDate) };
}

function toTimestamp(path: string, value: Date | string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const date = new Date(value);
  if (!Number.isNaN(date.getTime())) return date.toISOString();
  const message = 'must be a date, or a time as in 2026-01-31T00:00:00Z';
  throw new ValidationError(`${path} ${message}.`, { issues: [{ path, message }] });
}

async function* readLogs(
  client: Client,
  { limit = 100, offset = 0, order = 'newest', action, from, to }: AuditLogQuery & Period,
): AsyncGenerator<AuditLog> {
  let left = limit;
  let skip = offset;
  let cursor: string | undefined;
  while (left > 0) {
    const size = Math.min(left + skip, LARGEST_PAGE);
    const page = { order, cursor, limit: size };
    const { items, nextCursor } = await client.audit.list({ action, from, to, ...page });
    for (const entry of items.slice(skip, skip + left)) {
      left -= 1;
      yield toLog(entry);
    }
    skip = Math.max(0, skip - items.length);
    if (nextCursor === undefined) return;
    cursor = nextCursor;
  }
}

function toLog(entry: AuditEntry): AuditLog {
  const { at, event, data } = entry;
  const action = typeof data?.action === 'string' ? data.action : event;
  return { timestamp: at, action, status: event.slice(event.lastIndexOf('.') + 1), entry };
}

async function collect(logs: AsyncIterable<AuditLog>): Promise<AuditLog[]> {
  const all: AuditLog[] = [];
  for await (const log of logs) all.push(log);
  return all;
}
