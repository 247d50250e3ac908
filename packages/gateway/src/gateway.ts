import { readFileSync } from 'node:fs';
import { type KeyPair, parsePrivateKey } from '@bonafide/core/identity';
import type { Logger } from 'pino';
import type { Bus } from './bus/bus.ts';
import { createMemoryBus } from './bus/memory/memory-bus.ts';
import { type ChainOptions, startChainServices } from './chain/services.ts';
import { parseConfig } from './config/parse.ts';
import type { Config, ConfigInput } from './config/schema.ts';
import type { Services } from './context.ts';
import { type Front, openFront } from './front.ts';
import { createSign, loadBackend, loadOrCreateKey } from './identity.ts';
import { newId } from './ids.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createLog } from './log.ts';
import { createOutbound } from './outbound/outbound.ts';
import { createActionPolicy } from './policy/create-policy.ts';
import { readOperatorPolicy } from './policy/operator-policy.ts';
import { createTroubleTeller } from './policy/trouble.ts';
import { createReach, type Reach } from './reach.ts';
import { createSecretBox } from './secret-box.ts';
import { createHub } from './sessions/hub.ts';
import { openSqliteStore } from './stores/sqlite/open.ts';
import { createLine } from './tasks/line.ts';
import { startWorkers } from './workers.ts';
import { createWorkspace } from './workspaces/create.ts';

/** The configuration, and what only code can pass. */
export interface GatewayOptions extends Omit<ConfigInput, 'chain'> {
  /** Absent: the gateway serves no chain, and what needs one answers UNAVAILABLE. */
  readonly chain?: ChainOptions | undefined;
  readonly log?: Logger;
  /** Shared by gateways of one process that share a database; by default its own. */
  readonly bus?: Bus | undefined;
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
  const { log: givenLog, now = Date.now, chain: chainOptions, bus = createMemoryBus(), ...input } = options;
  const config = parseConfig({}, input);
  const log = givenLog ?? createLog(config);
  const key = keyOf(config);
  const backend = await loadBackend();
  const policy = await createActionPolicy({
    ...{ operatorPolicy: readOperatorPolicy(config), approvalTtlMs: config.approvalTtlMs, now },
    onTrouble: (trouble) => tellTrouble(trouble),
  });
  const store = openSqliteStore(config.database);
  const ledger = createLedger({ store, bus, now });
  const tellTrouble = createTroubleTeller({ ledger, log });
  const chain = chainOptions && startChainServices(chainOptions, { ledger, read: store.read, log, now });
  const reach = createReach(config);
  const hub = createHub();
  const services: Services = {
    ...{ store, ledger, bus, chain, now, did: key.did, enrolment: config.enrolment, version: readVersion() },
    ...{ sign: createSign(key, backend), secrets: createSecretBox(key.seed), policy },
    outbound: createOutbound(config.webhooks),
    ...{ hub, gatewayId: newId(now()), line: createLine({ store, bus, now }) },
    authority: () => reach.authorities()[0] ?? '',
  };
  const front = await openFront({ services, hub, config, backend, log, reach });
  const workers = startWorkers({ services, config, log });
  const close = createClose(async () => {
    await front.stopTaking();
    // Together: requests that wait for a block or for a policy text are answered as soon as those stop.
    await Promise.all([front.close(), chain?.[Symbol.asyncDispose](), policy[Symbol.asyncDispose]()]);
    await workers.stop();
    await front.flush();
    await store.close();
  });
  return toGateway({ front, reach, ledger, config, did: key.did, close });
}

interface Parts {
  readonly front: Front;
  readonly reach: Reach;
  readonly ledger: Ledger;
  readonly config: Config;
  readonly did: string;
  readonly close: () => Promise<void>;
}

function toGateway({ front, reach, ledger, config, did, close }: Parts): Gateway {
  return {
    did,
    get url() {
      return reach.url();
    },
    fetch: async (request) => front.fetch(request),
    async listen({ host = config.host, port = config.port } = {}) {
      reach.set({ host, port: (await front.listen({ host, port })).port });
      return { url: reach.url() };
    },
    createWorkspace: (name) => createWorkspace(name, ledger),
    [Symbol.asyncDispose]: close,
  };
}

function keyOf({ privateKey, database }: Config): KeyPair {
  return privateKey ? parsePrivateKey(privateKey.reveal()) : loadOrCreateKey(`${database}.key`);
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
