import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyPair, type Signer, signerFromSeed, signRequest } from '@bonafide/core/identity';
import { walletLinkMessage } from '@bonafide/core/models';
import { findOperation } from '@bonafide/core/operations';
import { afterAll, beforeAll } from 'vitest';
import { createParties, type Parties, type Party, type TestChain } from '../../chain/testing/parties.ts';
import { type RpcProxy, startRpcProxy } from '../../chain/testing/rpc-proxy.ts';
import { createGateway, type Gateway } from '../../gateway.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what the wire says.
  readonly body: any;
}

export type LinkedAgent = Signer & { readonly agentId: string };

interface ChainGateway {
  readonly chain: TestChain;
  readonly parties: Parties;
  readonly proxy: RpcProxy;
  readonly gateway: Gateway;
  readonly directory: string;
  /** Calls an operation as an agent, over the wire. */
  call(signer: Signer, id: string, input?: Record<string, unknown>): Promise<Answer>;
  /** A new agent with the proven wallet of a party. */
  linkedAgent(name: string, party: Party): Promise<LinkedAgent>;
}

/** A gateway for the file, on a chain that can be cut off. */
export function useChainGateway(startChain: () => Promise<TestChain & AsyncDisposable>): ChainGateway {
  const world = {} as { -readonly [Name in keyof ChainGateway]: ChainGateway[Name] };
  const ends: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    const chain = await startChain();
    const parties = await createParties(chain);
    const proxy = await startRpcProxy(chain.rpcUrl);
    const directory = await mkdtemp(join(tmpdir(), 'bonafide-gateway-'));
    const gateway = await createGateway({
      database: join(directory, 'gateway.db'),
      logLevel: 'silent',
      chain: { rpcUrl: proxy.url, deployment: chain.deployment, pollIntervalMs: 25, relayWaitMs: 5_000 },
    });
    await gateway.listen({ port: 0 });
    Object.assign(world, { chain, parties, proxy, gateway, directory });
    ends.push(() => rm(directory, { recursive: true }));
    for (const each of [chain, proxy, gateway]) ends.push(async () => each[Symbol.asyncDispose]());
  });
  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
  });
  world.call = (signer, id, input = {}) => call(world.gateway, signer, { id, input });
  world.linkedAgent = async (name, party) => {
    const signer = signerFromSeed(createKeyPair().seed);
    const registered = await world.call(signer, 'agents.register', { name });
    const { address } = party.account;
    const message = walletLinkMessage({ did: signer.did, address });
    const signature = await party.account.signMessage({ message });
    const linked = await world.call(signer, 'agents.update', { wallet: { address, signature } });
    if (registered.status !== 200 || linked.status !== 200) throw new Error(JSON.stringify(linked.body));
    return { ...signer, sign: (bytes) => signer.sign(bytes), agentId: registered.body.agentId };
  };
  return world;
}

async function call(
  gateway: Gateway,
  signer: Signer,
  { id, input }: { readonly id: string; readonly input: Record<string, unknown> },
): Promise<Answer> {
  const operation = findOperation(id);
  if (!operation || operation.kind === 'local') throw new Error(`${id} has no route.`);
  const { method, path } = operation.http;
  const used = new Set<string>();
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    used.add(name);
    return String(input[name]);
  });
  const rest = Object.entries(input).filter(([name]) => !used.has(name));
  const query =
    method === 'GET' ? new URLSearchParams(rest.map(([name, value]) => [name, String(value)])) : '';
  const url = `${gateway.url}${filled}${String(query) && `?${query}`}`;
  const body = method === 'GET' ? undefined : JSON.stringify(Object.fromEntries(rest));
  const headers =
    method === 'GET' ? {} : { 'idempotency-key': randomUUID(), 'content-type': 'application/json' };
  const signature = await signRequest({ method, url, headers, body }, signer);
  const answer = await fetch(url, { method, headers: { ...headers, ...signature }, ...(body && { body }) });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}
