import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agenticCommerceAbi } from '@bonafide/contracts';
import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { createKeyPair, type Signer, signerFromSeed, signRequest } from '@bonafide/core/identity';
import { walletLinkMessage } from '@bonafide/core/models';
import { findOperation } from '@bonafide/core/operations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createParties, type Parties, type Party } from '../chain/testing/parties.ts';
import { type RpcProxy, startRpcProxy } from '../chain/testing/rpc-proxy.ts';
import { createGateway, type Gateway } from '../gateway.ts';

let chain: LocalChain;
let parties: Parties;
let proxy: RpcProxy;
let gateway: Gateway;
let directory: string;

beforeAll(async () => {
  chain = await startLocalChain();
  parties = await createParties(chain);
  proxy = await startRpcProxy(chain.rpcUrl);
  directory = await mkdtemp(join(tmpdir(), 'bonafide-gateway-'));
  gateway = await createGateway({
    database: join(directory, 'gateway.db'),
    logLevel: 'silent',
    chain: { rpcUrl: proxy.url, deployment: chain.deployment, pollIntervalMs: 25, relayWaitMs: 5_000 },
  });
  await gateway.listen({ port: 0 });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
  await chain[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what the wire says.
  readonly body: any;
}

/** Calls an operation as an agent, over the wire. */
async function call(signer: Signer, id: string, input: Record<string, unknown> = {}): Promise<Answer> {
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
  return { status: answer.status, body: await answer.json() };
}

async function linkedAgent(name: string, party: Party): Promise<Signer & { readonly agentId: string }> {
  const signer = signerFromSeed(createKeyPair().seed);
  const registered = await call(signer, 'agents.register', { name });
  const { address } = party.account;
  const signature = await party.account.signMessage({
    message: walletLinkMessage({ did: signer.did, address }),
  });
  const linked = await call(signer, 'agents.update', { wallet: { address, signature } });
  expect([registered.status, linked.status]).toEqual([200, 200]);
  return { ...signer, sign: (bytes) => signer.sign(bytes), agentId: registered.body.agentId };
}

describe('commerce over HTTP', () => {
  it('an agent links its wallet, relays an offer and reads it at once', async () => {
    const agent = await linkedAgent('client', parties.client);
    const info = await call(agent, 'gateway.getInfo');
    expect(info.body.chain).toMatchObject({ chainId: 31_337, name: 'local', court: chain.deployment.court });
    expect(JSON.stringify(info.body)).not.toContain(proxy.url);

    const signedTransaction = await parties.client.sign(await parties.calls.create());
    const relayed = await call(agent, 'relay.submit', { signedTransaction });
    expect(relayed).toMatchObject({ status: 200, body: { status: 'included' } });
    const { body } = await call(agent, 'jobs.list', { client: parties.client.account.address.toLowerCase() });
    expect(body.items).toMatchObject([{ jobId: '1', status: 'open', amountUsdc: '12.5' }]);
    expect(await call(agent, 'jobs.get', { jobId: '1' })).toMatchObject({
      status: 200,
      body: { jobId: '1' },
    });
    expect(await call(agent, 'relay.get', { transactionHash: relayed.body.transactionHash })).toEqual(
      relayed,
    );
    expect(await call(agent, 'usdc.getBalance', { address: parties.client.account.address })).toMatchObject({
      body: { amountUsdc: '1000' },
    });
  });

  it('looks at the chain before it says that a job of somebody else is not there', async () => {
    await using sleepy = await createGateway({
      database: join(directory, 'sleepy.db'),
      logLevel: 'silent',
      // Longer than any test: only a question makes this one look again.
      chain: { rpcUrl: chain.rpcUrl, deployment: chain.deployment, pollIntervalMs: 3_600_000 },
    });
    const { ownerToken } = await sleepy.createWorkspace('readers');
    const headers = { authorization: `Bearer ${ownerToken}` };
    const get = (jobId: bigint) =>
      sleepy.fetch(new Request(`http://127.0.0.1/v1/jobs/${jobId}`, { headers }));
    const { agenticCommerce } = chain.deployment;
    const count = () =>
      parties.node.readContract({
        address: agenticCommerce,
        abi: agenticCommerceAbi,
        functionName: 'jobCount',
      });
    expect((await get((await count()) + 1n)).status).toBe(404);
    await parties.client.send(await parties.calls.create());
    expect((await get(await count())).status).toBe(200);
  });

  it('answers what is not there, and what is malformed, as problems', async () => {
    const agent = await linkedAgent('asker', parties.provider);
    const max = String(2n ** 256n - 1n);
    const answers = await Promise.all([
      call(agent, 'jobs.get', { jobId: max }),
      call(agent, 'jobs.get', { jobId: '-1' }),
      call(agent, 'reputation.get', { chainAgentId: max }),
      call(agent, 'usdc.getBalance', { address: '0x12' }),
      call(agent, 'jobs.list', { status: 'unheard' }),
      call(agent, 'jobs.list', { cursor: 'x' }),
      call(agent, 'relay.get', { transactionHash: `0x${'00'.repeat(32)}` }),
      call(agent, 'relay.submit', { signedTransaction: '0x02c0' }),
    ]);
    expect(answers.map(({ body }) => body.code)).toEqual([
      'NOT_FOUND',
      'VALIDATION_FAILED',
      'NOT_FOUND',
      'VALIDATION_FAILED',
      'VALIDATION_FAILED',
      'VALIDATION_FAILED',
      'NOT_FOUND',
      'VALIDATION_FAILED',
    ]);
  });

  it('shows jobs and their events to every workspace, and a transaction only to its own', async () => {
    const { ownerToken } = await gateway.createWorkspace('elsewhere');
    const headers = { authorization: `Bearer ${ownerToken}` };
    const job = await fetch(`${gateway.url}/v1/jobs/1`, { headers });
    expect(await job.json()).toMatchObject({ jobId: '1' });

    const [transaction] = (await (await fetch(`${gateway.url}/v1/jobs`, { headers })).json()).items;
    const relayed = await fetch(`${gateway.url}/v1/relay/${transaction.transactionHash}`, { headers });
    expect(relayed.status).toBe(404);

    const stream = await fetch(`${gateway.url}/v1/events?cursor=0&subject=1&types=job.*`, { headers });
    expect(await firstData(stream)).toMatchObject({
      type: 'job.created',
      subject: '1',
      data: { amountUsdc: '12.5' },
    });
  });

  it('keeps answering from the index while the node is away, and says so', async () => {
    const agent = await linkedAgent('patient', parties.validator);
    const signedTransaction = await parties.validator.sign(parties.calls.register());
    proxy.treat(() => 'drop');
    try {
      const [job, balance, relayed] = await Promise.all([
        call(agent, 'jobs.get', { jobId: '1' }),
        call(agent, 'usdc.getBalance', { address: parties.client.account.address }),
        call(agent, 'relay.submit', { signedTransaction }),
      ]);
      expect(job.status).toBe(200);
      expect([balance, relayed].map(({ status, body }) => [status, body.code])).toEqual([
        [503, 'UNAVAILABLE'],
        [503, 'UNAVAILABLE'],
      ]);
    } finally {
      proxy.treat(() => 'forward');
    }
    expect(await call(agent, 'relay.submit', { signedTransaction })).toMatchObject({
      body: { status: 'included' },
    });
  });
});

async function firstData(stream: Response): Promise<unknown> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of stream.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const data = /^data: ?(.*)$/m.exec(text)?.[1];
    if (data !== undefined && text.includes('\n\n')) return JSON.parse(data);
  }
  throw new Error(`The stream ended: ${text}`);
}
