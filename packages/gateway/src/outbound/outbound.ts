import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isAllowedAddress } from './addresses.ts';
import { createResolve, type Resolve } from './resolve.ts';
import { hostOf, parseOutboundUrl, refusedAddress, type UrlRules } from './url.ts';

export interface OutboundOptions extends UrlRules {
  readonly resolve?: Resolve;
  /** For name, connection and answer together. */
  readonly timeoutMs?: number;
}

export interface OutboundPost {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** Calls out to addresses that strangers chose, and only to public ones. */
export interface Outbound {
  /** VALIDATION_FAILED when the URL, or what its name resolves to now, is not to be called. */
  check(url: string): Promise<void>;
  /** Sends and returns the status of the answer. Follows no redirect and reads no body. */
  post(url: string, request: OutboundPost): Promise<number>;
}

const TIMEOUT_MS = 15_000;
const MAX_ANSWER_HEADER_BYTES = 16_384;

/**
 * The one way to call a URL that came from outside. The name is resolved once for each call and the connection goes to
 * exactly what was checked, so a name that answers differently the second time gains nothing.
 */
export function createOutbound(options: OutboundOptions): Outbound {
  const { resolve = createResolve(), timeoutMs = TIMEOUT_MS } = options;
  const lookup = guardedLookup(resolve, options);
  return {
    async check(text) {
      const host = hostOf(parseOutboundUrl(text, options));
      if (isIP(host) !== 0) return;
      // A name that is not known yet may be later; every call checks again.
      const addresses = await resolve(host).catch(() => []);
      if (!addresses.every((address) => isAllowedAddress(address, options))) throw refusedAddress();
    },
    async post(text, { headers, body, signal }) {
      const url = parseOutboundUrl(text, options);
      return send(url, {
        ...{ headers, body, lookup },
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
    },
  };
}

/** For sockets: resolves, refuses all when any address is refused, and hands over only what was checked. */
function guardedLookup(resolve: Resolve, rules: UrlRules): LookupFunction {
  return (host, { all, family }, done) => {
    resolve(host).then(
      (addresses) => {
        const [first, ...rest] = addresses.map((address) => ({ address, family: isIP(address) }));
        if (!first || !addresses.every((address) => isAllowedAddress(address, rules))) {
          return done(refusedAddress(), '');
        }
        if (all) return done(null, [first, ...rest]);
        const fitting = [first, ...rest].find((each) => each.family === family) ?? first;
        done(null, fitting.address, fitting.family);
      },
      (error: NodeJS.ErrnoException) => done(error, ''),
    );
  };
}

interface Sending {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly lookup: LookupFunction;
  readonly signal: AbortSignal;
}

function send(url: URL, { headers, body, lookup, signal }: Sending): Promise<number> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      // A connection of its own, so that each call is checked; and no cookie, proxy or credential of ours goes along.
      agent: false,
      maxHeaderSize: MAX_ANSWER_HEADER_BYTES,
      ...{ lookup, signal },
    });
    outgoing.once('response', (incoming) => {
      resolve(incoming.statusCode ?? 0);
      // The status says all; a body could be endless.
      incoming.on('error', () => undefined).destroy();
    });
    outgoing.on('error', (error) => reject(signal.aborted ? signal.reason : error));
    // Such as after an upgrade that nobody asked for.
    outgoing.once('close', () => reject(new Error('closed without an answer')));
    outgoing.end(body);
  });
}
