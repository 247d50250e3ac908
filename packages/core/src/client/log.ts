import { platform } from '#platform';
import { BonafideError } from '../errors.ts';
import type { RequestEvent, TransportOptions } from '../transport/transport.ts';
import type { GovernanceOptions } from './governance.ts';

export interface LogOptions {
  /** Logs every request; the same as `logLevel: 'debug'`. */
  readonly debug?: boolean | undefined;
  /** `debug`: every request; `info` and `warn`: requests that failed; `error`: only what could not be reported. */
  readonly logLevel?: LogLevel | undefined;
  /** Where to append, one JSON object a line; default the standard error stream. */
  readonly logFile?: string | undefined;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogSink {
  write(line: string): void;
  close(): Promise<void>;
}

/** Where an agent writes what it does. */
export interface Log {
  readonly hooks: Pick<TransportOptions & GovernanceOptions, 'onRequest' | 'onWarning'>;
  close(): Promise<void>;
}

const ranks: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** The log that was asked for, before the hooks the caller has; never headers, bodies, keys or tokens. */
export async function openLog(
  options: LogOptions & Pick<TransportOptions & GovernanceOptions, 'onRequest' | 'onWarning'>,
): Promise<Log | undefined> {
  const { debug = false, logFile, logLevel, onRequest, onWarning = platform.warn } = options;
  if (!debug && logFile === undefined && logLevel === undefined) return undefined;
  if (!platform.openLogSink) {
    throw new BonafideError('UNSUPPORTED', 'There is no log on this platform: use onRequest and onWarning.');
  }
  const sink = await platform.openLogSink(logFile);
  const threshold = ranks[debug ? 'debug' : (logLevel ?? 'info')];
  const write = (level: LogLevel, event: object): void => {
    if (ranks[level] < threshold) return;
    sink.write(`${JSON.stringify({ at: new Date().toISOString(), level, ...event })}\n`);
  };
  const hooks = {
    onRequest: (event: RequestEvent) => {
      write(hasFailed(event) ? 'warn' : 'debug', event);
      onRequest?.(event);
    },
    onWarning: (error: BonafideError) => {
      write('error', { code: error.code, message: error.message });
      onWarning(error);
    },
  };
  return { hooks, close: () => sink.close() };
}

function hasFailed({ status, code }: RequestEvent): boolean {
  return code !== undefined || (status !== undefined && status >= 400);
}
