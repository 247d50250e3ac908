import { readFileSync } from 'node:fs';
import { type KeyPair, parsePrivateKey } from '@bonafide/core/identity';
import type { Hono } from 'hono';
import { type Logger, pino } from 'pino';
import { createMemoryBus } from './bus/memory/memory-bus.ts';
import { type ChainOptions, startChainServices } from './chain/services.ts';
import { parseConfig } from './config/parse.ts';
import type { Config } from './config/schema.ts';
import { type ConfigInput, isLoopback } from './config/schema.ts';
import type { Services } from './context.ts';
import { createAnswerBook } from './http/answers.ts';
import { createApp } from './http/app.ts';
import { createAuthenticator } from './http/authenticate.ts';
import { createGuessGuard } from './http/guesses.ts';
import { createNonceGuard } from './http/nonces.ts';
import { createRateLimiter } from './http/rate-limit.ts';
import { createRefusalLog } from './http/refusals.ts';
import { createAddressOf } from './http/remote-address.ts';
import { createHttpServer, type HttpServer } from './http/server.ts';
import { createSign, loadBackend, loadOrCreateKey } from './identity.ts';
import { newId } from './ids.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { startMaintenance } from './maintenance.ts';
import { createOutbound } from './outbound/outbound.ts';
import { createActionPolicy } from './policy/create-policy.ts';
import { readOperatorPolicy } from './policy/operator-policy.ts';
import { createTroubleTeller } from './policy/trouble.ts';
import { createSecretBox } from './secret-box.ts';
import { createHub } from './sessions/hub.ts';
import { openSqliteStore } from './stores/sqlite/open.ts';
import { startWorkers } from './workers.ts';
import { createWorkspace } from './workspaces/create.ts';

/** The configuration, and what only code can pass. */
export interface GatewayOptions extends Omit<ConfigInput, 'chain'> {
  /** Absent: the gateway serves no chain, and what needs one answers UNAVAILABLE. */
  readonly chain?: ChainOptions | undefined;
  readonly log?: Logger;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** A gateway that is ready to answer; it listens only when told to. */
export interface Gateway extends AsyncDisposable {
  /** Where agents reach it: its public URL, else the address it listens on. */
  readonly url: string;
  readonly did: string;
  /** Answers one request in this process. */
  fetch(request: Request): Promise<Response>;
  /** Starts to listen, by default where the configuration says; port 0 takes a free one. */
  listen(address?: { readonly host?: string; readonly port?: number }): Promise<{ readonly url: string }>;
  /** Makes a workspace with its first owner token, shown only here; CONFLICT when it has an owner. */
  createWorkspace(name: string): Promise<{ readonly ownerToken: string }>;
}

/** Opens the database and makes a gateway on it. */
export async function createGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const { log: givenLog, now = Date.now, chain: chainOptions, ...input } = options;
  const config = parseConfig({}, input);
  const log = givenLog ?? createLog(config);
  const key = keyOf(config);
  const backend = await loadBackend();
  const policy = await createActionPolicy({
    ...{ operatorPolicy: readOperatorPolicy(config), approvalTtlMs: config.approvalTtlMs, now },
    onTrouble: (trouble) => tellTrouble(trouble),
  });
  const store = openSqliteStore(config.database);
  const bus = createMemoryBus();
  const ledger = createLedger({ store, bus, now });
  const tellTrouble = createTroubleTeller({ ledger, log });
  const chain = chainOptions && startChainServices(chainOptions, { ledger, read: store.read, log, now });
  const place = createPlace(config);
  const services: Services = {
    ...{ store, ledger, bus, chain, now, did: key.did, enrolment: config.enrolment, version: readVersion() },
    sign: createSign(key, backend),
    outbound: createOutbound(config.webhooks),
    secrets: createSecretBox(key.seed),
    hub: createHub(),
    gatewayId: newId(now()),
    authority: () => place.authorities()[0] ?? '',
    policy,
  };
  const nonces = createNonceGuard(store, Math.floor(now() / 1000));
  const limiters = createLimiters(config, now);
  const stopped = new AbortController();
  const { authorities } = place;
  const app = createApp({
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
    refusals: createRefusalLog(ledger, now),
    answers: createAnswerBook(),
    addressOf: createAddressOf(config.trustedProxies),
    url: place.url,
  });
  const maintenance = startMaintenance({
    store,
    ledger,
    nonces,
    now,
    log,
    limiters: Object.values(limiters),
    ...config,
  });
  const workers = startWorkers({ services, config, log });
  const server = createHttpServer(app, config);
  const close = createClose(async () => {
    stopped.abort();
    // Together: requests that wait for a block or for a policy text are answered as soon as those stop.
    await Promise.all([server.close(), chain?.[Symbol.asyncDispose](), policy[Symbol.asyncDispose]()]);
    await Promise.all([maintenance.stop(), workers.stop()]);
    await nonces.flush();
    await store.close();
  });
  return toGateway({ app, server, place, ledger, config, did: key.did, close });
}

function createLimiters({ rateLimit, guessLimit }: Config, now: () => number) {
  return {
    principals: createRateLimiter(rateLimit, now),
    addresses: createRateLimiter(rateLimit, now),
    guesses: createGuessGuard(guessLimit, now),
  };
}

interface Parts {
  readonly app: Hono;
  readonly server: HttpServer;
  readonly place: Place;
  readonly ledger: Ledger;
  readonly config: Config;
  readonly did: string;
  readonly close: () => Promise<void>;
}

function toGateway({ app, server, place, ledger, config, did, close }: Parts): Gateway {
  return {
    did,
    get url() {
      return place.url();
    },
    fetch: async (request) => app.fetch(request),
    async listen({ host = config.host, port = config.port } = {}) {
      place.set({ host, port: (await server.listen({ host, port })).port });
      return { url: place.url() };
    },
    createWorkspace: (name) => createWorkspace(name, ledger),
    [Symbol.asyncDispose]: close,
  };
}

/** Where the gateway is reached; known for sure only once it listens. */
interface Place {
  set(address: { readonly host: string; readonly port: number }): void;
  url(): string;
  authorities(): readonly string[];
}

function createPlace({ host, port, publicUrl }: Config): Place {
  const publicHosts = publicUrl === undefined ? [] : [new URL(publicUrl).host];
  let address = { host, port };
  let authorities: readonly string[] = [];
  const set: Place['set'] = (where) => {
    address = where;
    // On one machine the same server has several names.
    const names = isLoopback(where.host)
      ? [...new Set([where.host, '127.0.0.1', 'localhost', '::1'])]
      : [where.host];
    authorities = [
      ...publicHosts,
      ...names.map((name) => new URL(`http://${bracketed(name)}:${where.port}`).host),
    ];
  };
  set(address);
  return {
    set,
    authorities: () => authorities,
    url: () => publicUrl?.replace(/\/$/, '') ?? `http://${bracketed(address.host)}:${address.port}`,
  };
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function keyOf({ privateKey, database }: Config): KeyPair {
  return privateKey ? parsePrivateKey(privateKey.reveal()) : loadOrCreateKey(`${database}.key`);
}

function createLog({ logLevel }: Config): Logger {
  // Lines are built from named facts only; the list is the second lock, for what somebody may add.
  const paths = [
    'headers',
    'authorization',
    'signature',
    'token',
    'secret',
    'enrolmentToken',
    'privateKey',
    'body',
  ];
  return pino({
    level: logLevel,
    redact: { paths: paths.flatMap((path) => [path, `*.${path}`]), remove: true },
  });
}

function createClose(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () => {
    closing ??= close();
    return closing;
  };
}

function readVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  return manifest.version;
}
