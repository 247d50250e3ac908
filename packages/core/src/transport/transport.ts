import { BonafideError, type ErrorCode } from '../errors.ts';
import type { Signer } from '../identity/keys.ts';
import type { TlsOptions } from './tls.ts';

/** The gateway that `bonafide dev` starts. */
export const DEFAULT_GATEWAY_URL = 'http://127.0.0.1:4660';

/** One attempt at a request, for logs and metrics; never headers, bodies, keys or tokens. */
export interface RequestEvent {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  /** From 1. */
  readonly attempt: number;
  readonly durationMs: number;
  readonly status?: number | undefined;
  readonly code?: ErrorCode | undefined;
}

/** How often and how fast a failed call is tried again, and how a stream is resumed. */
export interface RetryOptions {
  /** Further attempts after the first; default 2. */
  readonly limit?: number | undefined;
  /** Backoff is random between 0 and `baseDelayMs * 2^n`; default 250. */
  readonly baseDelayMs?: number | undefined;
  /** Longest backoff; default 10 s. */
  readonly maxDelayMs?: number | undefined;
  /** Longest `Retry-After` that is obeyed in full; default 30 s. */
  readonly maxRetryAfterMs?: number | undefined;
}

export interface TransportOptions {
  /** Base URL of the gateway. */
  readonly url: string;
  /** Signs every request (RFC 9421). */
  readonly signer?: Signer | undefined;
  /** API token of a person or machine, sent as `Authorization: Bearer`; not together with `signer`. */
  readonly token?: string | undefined;
  /** Time for one call with its retries; default 30 s. */
  readonly timeoutMs?: number | undefined;
  readonly retry?: RetryOptions | undefined;
  /** A stream without any byte for so long is dropped and resumed; default 45 s. */
  readonly heartbeatTimeoutMs?: number | undefined;
  /** Largest answer that is read; default 4 MiB. */
  readonly maxResponseBytes?: number | undefined;
  /** Largest event of a stream, in characters; default 1 MiB. */
  readonly maxEventLength?: number | undefined;
  /** Called after each attempt. */
  readonly onRequest?: ((event: RequestEvent) => void) | undefined;
  /** Aborts everything that runs. */
  readonly signal?: AbortSignal | undefined;
  /** Certificates, in Node; a `fetch` of the caller brings its own. */
  readonly tls?: TlsOptions | undefined;
  readonly fetch?: typeof fetch | undefined;
  /** Milliseconds since 1970, for signatures. */
  readonly now?: (() => number) | undefined;
  /** In [0, 1), for the jitter of retries. */
  readonly random?: (() => number) | undefined;
}

type Filled<T> = { readonly [Key in keyof T]-?: Exclude<T[Key], undefined> };
type Credentials = 'signer' | 'token' | 'signal' | 'onRequest';

/** Where to send requests and as whom, with every default filled in. */
export interface Transport
  extends Filled<Omit<TransportOptions, Credentials | 'url' | 'retry' | 'tls'>>,
    Pick<TransportOptions, Credentials> {
  readonly url: URL;
  readonly retry: Filled<RetryOptions>;
}

/** Checks the options once and fills in the defaults. */
export function createTransport(options: TransportOptions): Transport {
  const { signer, token, retry = {} } = options;
  if (signer && token !== undefined) {
    throw new BonafideError('VALIDATION_FAILED', 'Give either a signer or a token, not both.');
  }
  return {
    url: parseBaseUrl(options.url),
    signer,
    token,
    signal: options.signal,
    onRequest: options.onRequest,
    timeoutMs: options.timeoutMs ?? 30_000,
    heartbeatTimeoutMs: options.heartbeatTimeoutMs ?? 45_000,
    maxResponseBytes: options.maxResponseBytes ?? 4 * 1024 * 1024,
    maxEventLength: options.maxEventLength ?? 1024 * 1024,
    retry: {
      limit: retry.limit ?? 2,
      baseDelayMs: retry.baseDelayMs ?? 250,
      maxDelayMs: retry.maxDelayMs ?? 10_000,
      maxRetryAfterMs: retry.maxRetryAfterMs ?? 30_000,
    },
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    now: options.now ?? Date.now,
    random: options.random ?? Math.random,
  };
}

/** Full jitter: anything between nothing and the exponential delay. */
export function backoffMs({ retry, random }: Transport, failures: number): number {
  return random() * Math.min(retry.maxDelayMs, retry.baseDelayMs * 2 ** failures);
}

function parseBaseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (!url || !isHttp || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    // The text may hold a password, so it is not repeated.
    throw new BonafideError(
      'VALIDATION_FAILED',
      'The gateway URL must look like https://gateway.example, without user, query or fragment.',
    );
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}
