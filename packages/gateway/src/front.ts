import type { AddressInfo } from 'node:net';
import type { CryptoBackend } from '@bonafide/core/identity';
import type { Logger } from 'pino';
import { type Config, isLoopback } from './config/schema.ts';
import type { Services } from './context.ts';
import { createAnswerBook } from './http/answers.ts';
import { createApp } from './http/app.ts';
import { createAuthenticator } from './http/authenticate.ts';
import { createCrossOrigin } from './http/cross-origin.ts';
import { createGuessGuard } from './http/guesses.ts';
import { createNonceGuard } from './http/nonces.ts';
import { createRateLimiter } from './http/rate-limit.ts';
import { createRefusalLog } from './http/refusals.ts';
import { createAddressOf } from './http/remote-address.ts';
import { createSeats } from './http/seats.ts';
import { createHttpServer } from './http/server.ts';
import { startMaintenance } from './maintenance.ts';
import { createMessageSweep } from './messages/sweep.ts';
import type { Reach } from './reach.ts';
import { createCalls } from './sessions/calls.ts';
import { createEventStreams } from './sessions/event-stream.ts';
import { createExtensions } from './sessions/extensions.ts';
import type { LocalHub } from './sessions/hub.ts';
import { createSessionServer } from './sessions/server.ts';
import { createUpgrade } from './sessions/websocket.ts';
import { readTls } from './tls.ts';

/** What the world sees of a gateway: HTTP, and sessions over it. */
export interface Front {
  fetch(request: Request): Promise<Response>;
  listen(address: { readonly host: string; readonly port: number }): Promise<AddressInfo>;
  /** Ends streams and sessions, and takes no new ones. */
  stopTaking(): Promise<void>;
  /** Finishes the requests under way. */
  close(): Promise<void>;
  /** Writes what may be written late. */
  flush(): Promise<void>;
}

export interface FrontOptions {
  readonly services: Services;
  readonly hub: LocalHub;
  readonly config: Config;
  readonly backend: CryptoBackend;
  readonly log: Logger;
  readonly reach: Reach;
}

export async function openFront({
  services,
  hub,
  config,
  backend,
  log,
  reach,
}: FrontOptions): Promise<Front> {
  const { store, ledger, bus, now } = services;
  const nonces = createNonceGuard(store, Math.floor(now() / 1000));
  const limiters = createLimiters(config, now);
  const stopped = new AbortController();
  const { authorities } = reach;
  const shared = {
    ...{ services, nonces, log, ...limiters, heartbeatMs: config.heartbeatMs, stopped: stopped.signal },
    authenticator: createAuthenticator({
      read: store.read,
      bus,
      nonces,
      backend,
      now,
      authorities,
      ...limiters,
    }),
    ...{ refusals: createRefusalLog(ledger, now), answers: createAnswerBook(), seats: createSeats() },
    addressOf: createAddressOf(config.trustedProxies),
  };
  const sessions = await createSessionServer({
    ...{ ...shared, backend, hub, limits: config.sessions },
    extensions: [createCalls(shared), ...createExtensions(services, backend)],
  });
  const app = createApp({ ...shared, url: reach.url, streams: createEventStreams(sessions) });
  const isOriginAllowed = createOriginCheck(config, authorities);
  const upgrade = createUpgrade({ ...shared, sessions, isOriginAllowed });
  const crossOrigin = createCrossOrigin(isOriginAllowed);
  const server = createHttpServer(app, { ...config, upgrade, crossOrigin, tls: readTls(config) });
  const maintenance = startMaintenance({
    ...{ store, ledger, nonces, now, log, limiters: Object.values(limiters) },
    messages: createMessageSweep(services),
    ...config,
  });
  return {
    fetch: async (request) => app.fetch(request),
    listen: server.listen,
    async stopTaking() {
      stopped.abort();
      await sessions.close();
    },
    close: async () => void (await Promise.all([server.close(), maintenance.stop()])),
    flush: nonces.flush,
  };
}

function createLimiters({ rateLimit, guessLimit }: Config, now: () => number) {
  return {
    principals: createRateLimiter(rateLimit, now),
    addresses: createRateLimiter(rateLimit, now),
    guesses: createGuessGuard(guessLimit, now),
  };
}

/** Pages of the gateway itself, of this machine, and those that the operator names. */
function createOriginCheck(
  { allowedOrigins }: Config,
  authorities: () => readonly string[],
): (origin: string) => boolean {
  return (origin) => {
    const url = URL.parse(origin);
    if (!url) return false;
    const isOwn = authorities().includes(url.host);
    return (
      isOwn || isLoopback(url.hostname) || allowedOrigins.includes('*') || allowedOrigins.includes(origin)
    );
  };
}
