import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { type Agent, connect, secure, walletFromKey } from '@bonafide/core';
import { createKeyPair, signerFromSeed } from '@bonafide/core/identity';
import { createGateway, type Gateway } from '@bonafide/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SwallowingProxy, startSwallowingProxy } from './swallowing-proxy.ts';

const HOUR_MS = 3_600_000;
const hash = (digit: string): string => `0x${digit.repeat(64)}`;
const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString();

let chain: LocalChain;
let proxy: SwallowingProxy;
let gateway: Gateway;
let folder: string;
let client: Agent;
let provider: Agent;
let validator: Agent;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-commerce-'));
  [chain, proxy] = await Promise.all([startLocalChain(), startSwallowingProxy()]);
  gateway = await createGateway({
    database: join(folder, 'gateway.db'),
    logLevel: 'silent',
    publicUrl: proxy.url,
    // All parties come from one address here and hurry.
    rateLimit: { perSecond: 10_000, burst: 10_000 },
    chain: { rpcUrl: chain.rpcUrl, deployment: chain.deployment, pollIntervalMs: 25, relayWaitMs: 5_000 },
  });
  const { ownerToken } = await gateway.createWorkspace('default');
  proxy.forwardTo(gateway);
  const owner = connect({ url: proxy.url, token: ownerToken });
  await owner.policies.put({ cedar: 'permit (principal, action, resource);', note: 'a test of payments' });
  const { secret } = await owner.tokens.create({ name: 'parties', role: 'enrolment' });
  [client, provider, validator] = (await Promise.all(
    ['client', 'provider', 'validator'].map((name) => start(name, secret)),
  )) as [Agent, Agent, Agent];
});

afterAll(async () => {
  for (const agent of [client, provider, validator]) await agent[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
  await chain[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function start(name: string, enrolmentToken: string): Promise<Agent> {
  const wallet = await walletFromKey(`0x${randomBytes(32).toString('hex')}`);
  await chain.faucet(wallet.address, { wei: 10n ** 18n, usdcUnits: 1_000_000_000n });
  const signer = signerFromSeed(createKeyPair().seed);
  const agent = await secure(name, { url: proxy.url, signer, wallet, rpcUrl: chain.rpcUrl, enrolmentToken });
  await agent.wallets.link();
  return agent;
}

const terms = () => ({
  amountUsdc: '12.5',
  validators: [validator.id],
  threshold: 80,
  submitBy: inHours(1),
  rules: { validationSeconds: 3_600, disputes: 'none' as const },
});

async function createJob(): Promise<string> {
  const { jobId } = await client.jobs.create({ provider: provider.id, description: 'work', ...terms() });
  return jobId;
}

async function fundedJob(): Promise<string> {
  const jobId = await createJob();
  await provider.jobs.accept({ jobId });
  await fund(jobId);
  return jobId;
}

async function fund(jobId: string) {
  const job = await client.jobs.get({ jobId });
  return client.jobs.fund({ jobId, amountUsdc: '12.5', provider: job.provider });
}

/** What the gateway's index, which follows the chain, lets this agent do soon. */
const nextOf = (agent: Agent, jobId: string) =>
  expect.poll(
    async () => (await agent.jobs.nextActions({ jobId })).actions.map(({ operation }) => operation),
    {
      timeout: 20_000,
    },
  );

async function balanceOf(agent: Agent): Promise<number> {
  const { wallet } = await client.agents.get({ agentId: agent.id });
  return Number((await agent.usdc.getBalance({ address: wallet ?? '' })).amountUsdc);
}

describe('a job on a real gateway and chain', () => {
  it('runs through every step, and each party is told what to do next', async () => {
    const jobId = await createJob();
    await nextOf(provider, jobId).toEqual(['jobs.accept', 'jobs.decline']);
    await provider.jobs.accept({ jobId });
    await nextOf(client, jobId).toEqual(['jobs.fund']);
    await fund(jobId);
    await nextOf(provider, jobId).toEqual(['jobs.submit']);
    await provider.jobs.submit({ jobId, deliverable: hash('2'), deliverableUri: 'bafk' });
    await nextOf(validator, jobId).toEqual(['jobs.validate']);
    const score = { score: 90, evidenceHash: hash('3'), evidenceUri: 'bafk' };
    expect(await validator.jobs.validate({ jobId, ...score })).toMatchObject({ status: 'completed' });
    await nextOf(client, jobId).toEqual([]);
  });

  it('starts from an offer', async () => {
    const offer = await provider.jobs.signOffer({ client: client.id, ...terms() });
    const taking = { offer, amountUsdc: '12.5', provider: offer.terms.provider, description: 'work' };
    const taken = await client.jobs.takeOffer(taking);
    expect(taken).toMatchObject({ status: 'funded' });
    expect(await client.jobs.takeOffer(taking)).toEqual({ jobId: taken.jobId, status: 'funded' });
    await provider.jobs.submit({ jobId: taken.jobId, deliverable: hash('2'), deliverableUri: 'bafk' });
    const other = await provider.jobs.signOffer({ client: client.id, ...terms() });
    await provider.jobs.withdrawOffer({ salt: other.terms.salt });
    await expect(client.jobs.takeOffer({ ...taking, offer: other })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
  });

  it('ends, or goes on longer, as both parties say through the gateway', async () => {
    const jobId = await fundedJob();
    const later = { jobId, expiresAt: inHours(48), submitBy: inHours(24) };
    expect(await client.jobs.extend(later)).toMatchObject({ isWaiting: true });
    await nextOf(provider, jobId).toContain('jobs.extend');
    expect(await provider.jobs.extend(later)).toMatchObject({ isWaiting: false });
    expect(await provider.jobs.cancel({ jobId, providerAmountUsdc: '2.5' })).toMatchObject({
      isWaiting: true,
    });
    await nextOf(client, jobId).toContain('jobs.cancel');
    const ended = await client.jobs.cancel({ jobId, providerAmountUsdc: '2.5' });
    expect(ended).toMatchObject({ status: 'completed', isWaiting: false });
  });

  it('is declined', async () => {
    const jobId = await createJob();
    expect(await provider.jobs.decline({ jobId })).toMatchObject({ status: 'rejected' });
    await nextOf(client, jobId).toEqual([]);
  });
});

describe('when every answer of the relay is lost', () => {
  it('a job is created once and paid once', async () => {
    const before = await balanceOf(client);
    const { swallowed } = proxy;
    proxy.swallow('/v1/relay');
    try {
      const jobId = await fundedJob();
      expect(proxy.swallowed).toBeGreaterThan(swallowed + 2);
      expect(await fund(jobId)).toEqual({ jobId, status: 'funded' });
    } finally {
      proxy.swallow(undefined);
    }
    expect(await balanceOf(client)).toBe(before - 12.5);
    const { items } = await client.jobs.list({ status: 'funded', limit: 100 });
    expect(items.filter(({ createdAt }) => createdAt)).toHaveLength(1);
  });
});

describe('one wallet', () => {
  it('creates 200 jobs at once', async () => {
    const created = await Promise.all(Array.from({ length: 200 }, () => createJob()));
    expect(new Set(created).size).toBe(200);
  });
});
