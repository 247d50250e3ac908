import { BonafideError } from '@bonafide/core/errors';
import type { AgentRecord, RelayedTransaction } from '@bonafide/core/models';
import type { Hex, TestClient } from 'viem';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { ChainOptions } from '../../chain/services.ts';
import { anvilOf } from '../../chain/testing/anvil.ts';
import { agentOf, type Harness, startHarness } from '../../chain/testing/harness.ts';
import { createParties, type Parties, type TestChain } from '../../chain/testing/parties.ts';
import { type RpcProxy, startRpcProxy } from '../../chain/testing/rpc-proxy.ts';

interface World {
  readonly chain: TestChain;
  readonly anvil: TestClient<'anvil'>;
  readonly proxy: RpcProxy;
  readonly parties: Parties;
  readonly harness: Harness;
}

export interface RelayWorld extends World {
  /** An agent with the client's wallet. */
  client(): AgentRecord;
  /** An offer of a job, signed by the client. */
  signed(overrides?: object): Promise<Hex>;
  submit(signedTransaction: string, agent?: AgentRecord): Promise<RelayedTransaction>;
  get(transactionHash: string, workspace?: string): Promise<RelayedTransaction>;
  /** Stops and starts on the same database. */
  restart(options?: Partial<ChainOptions>): Promise<void>;
  /** The audit events of a transaction. */
  auditOf(transactionHash: string): string[];
  /** The error of work that must fail. */
  failure(work: Promise<unknown>): Promise<BonafideError>;
}

/** A chain for the file; wallets, a node that can fail and a relay for each test. */
export function useRelay(startChain: () => Promise<TestChain & AsyncDisposable>): RelayWorld {
  let chain: TestChain & AsyncDisposable;
  let world: World;
  beforeAll(async () => {
    chain = await startChain();
  });
  afterAll(async () => {
    await chain[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    const parties = await createParties(chain);
    const proxy = await startRpcProxy(chain.rpcUrl);
    const harness = await startHarness({ deployment: chain.deployment, rpcUrl: proxy.url });
    world = { chain, anvil: anvilOf(chain), parties, proxy, harness };
  });
  afterEach(async () => {
    await world.harness[Symbol.asyncDispose]();
    await world.proxy[Symbol.asyncDispose]();
  });
  return createWorld({
    get: () => world,
    set: (harness) => {
      world = { ...world, harness };
    },
  });
}

interface Current {
  get(): World;
  set(harness: Harness): void;
}

function createWorld(current: Current): RelayWorld {
  const client = () => agentOf(current.get().parties.client.account.address);
  return {
    get chain() {
      return current.get().chain;
    },
    get anvil() {
      return current.get().anvil;
    },
    get proxy() {
      return current.get().proxy;
    },
    get parties() {
      return current.get().parties;
    },
    get harness() {
      return current.get().harness;
    },
    client,
    async signed(overrides = {}) {
      const { parties } = current.get();
      return parties.client.sign(await parties.calls.create(), overrides);
    },
    submit: (signedTransaction, agent = client()) =>
      current.get().harness.chain.relay.submit({ signedTransaction, agent }),
    get: (transactionHash, workspace = 'default') =>
      current.get().harness.chain.relay.get({ workspace, transactionHash }),
    async restart(options = {}) {
      const { harness, chain, proxy } = current.get();
      await harness.stop();
      const settings = { deployment: chain.deployment, rpcUrl: proxy.url, ...options };
      current.set(await startHarness(settings, harness.directory));
    },
    auditOf: (subject) =>
      current
        .get()
        .harness.read.audit.list({ workspace: 'default', subject }, { after: 0, limit: 100 })
        .map(({ event }) => event),
    failure: failureOf,
  };
}

async function failureOf(work: Promise<unknown>): Promise<BonafideError> {
  try {
    await work;
  } catch (error) {
    if (BonafideError.is(error)) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}
