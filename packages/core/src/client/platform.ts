import { BonafideError } from '../errors.ts';
import type { Signer } from '../identity/keys.ts';
import type { Wire, WireEvents } from '../session/wire.ts';
import type { TlsOptions } from '../transport/tls.ts';
import type { LocalHandlersOf } from './local-handlers.ts';
import type { LogSink } from './log.ts';
import type { Spendings } from './types.ts';

/** Keeps the keys of agents by name. */
export interface KeyStore {
  /** The signer of this agent; made at the first call, the same ever after. */
  loadOrCreate(name: string): Promise<Signer>;
}

/** How a WebSocket is opened, and who hears of it. */
export interface SocketRequest {
  readonly protocol: string;
  readonly tls: TlsOptions | undefined;
  readonly events: WireEvents;
  /** Gives up opening; an open socket does not hear it. */
  readonly signal: AbortSignal;
}

/** What differs between Node and elsewhere. */
export interface Platform {
  readonly keyStore: KeyStore | undefined;
  warn(error: BonafideError): void;
  /** Resolves once it is open. */
  openSocket(url: URL, request: SocketRequest): Promise<Wire>;
  /** A `fetch` with certificates of the caller. */
  openFetch(tls: TlsOptions): typeof fetch;
  /** Lines to a file, or to the standard error stream; absent where there is neither. */
  readonly openLogSink?: (path: string | undefined) => Promise<LogSink>;
  /** A count of payments that outlives the process; absent where there are no files. */
  readonly openSpendings?: () => Promise<Spendings>;
  /** Absent where no processes can be started. */
  readonly loadMcpServers?: () => Promise<LocalHandlersOf<'mcpServers'>>;
}

/** Browsers and workers: no place for keys unless the caller names one. */
export const platform: Platform = {
  keyStore: undefined,
  warn: (error) => globalThis.reportError?.(error),
  async openSocket(url, request) {
    if (request.tls) throw noCertificates();
    const { openGlobalSocket } = await import('./global-socket.ts');
    return openGlobalSocket(url, request);
  },
  openFetch() {
    throw noCertificates();
  },
};

function noCertificates(): BonafideError {
  return new BonafideError('UNSUPPORTED', 'Only Node takes `tls`; here the platform chooses certificates.');
}
