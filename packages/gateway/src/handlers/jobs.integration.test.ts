import { join } from 'node:path';
import { startLocalChain } from '@bonafide/contracts/local';
import { event, reputation } from '@bonafide/core/models';
import { describe, expect, it } from 'vitest';
import { disputeCalls, signCancellation } from '../chain/testing/dispute-calls.ts';
import { createGateway } from '../gateway.ts';
import { openStream } from '../testing/event-stream.ts';
import { type LinkedAgent, useChainGateway } from './testing/use-chain-gateway.ts';

const world = useChainGateway(startLocalChain);
const { call, linkedAgent } = world;
const DAY_MS = 86_400_000;

let made = 0n;

/** A funded job; returns its id. */
async function fundedJob(): Promise<bigint> {
  const { client, provider, calls } = world.parties;
  made += 1n;
  await client.send(await calls.create());
  await provider.send(await calls.accept(made));
  await client.send(await calls.fund(made));
  return made;
}

const inDays = (days: number) =>
  new Date(Math.floor((Date.now() + days * DAY_MS) / 1000) * 1000).toISOString();

async function consentOf(jobId: bigint, change: Record<string, unknown> = {}) {
  const by = world.parties.provider;
  const validUntil = inDays(7);
  const seconds = BigInt(Date.parse(validUntil) / 1000);
  const signature = await signCancellation(world.chain.deployment, {
    ...{ by, jobId, providerAmount: 3_000_000n, validUntil: seconds },
  });
  const signer = by.account.address;
  return {
    ...{ kind: 'cancellation', jobId: String(jobId), signer, validUntil, signature },
    ...{ providerAmountUsdc: '3', ...change },
  };
}

let agents: Promise<Record<'client' | 'provider' | 'stranger', LinkedAgent>> | undefined;

/** One agent for each wallet, made once. */
function roles() {
  agents ??= (async () => ({
    client: await linkedAgent('client', world.parties.client),
    provider: await linkedAgent('provider', world.parties.provider),
    stranger: await linkedAgent('stranger', world.parties.validator),
  }))();
  return agents;
}

describe('consents of parties', () => {
  it('are kept for the other party, replaced by newer ones, and end with the job', async () => {
    const { client, provider } = await roles();
    const jobId = await fundedJob();
    const consent = await consentOf(jobId);
    const shared = await call(provider, 'jobs.shareConsent', { jobId, consent });
    expect(shared).toMatchObject({ status: 200, body: consent });
    const audited = await call(provider, 'audit.list', { event: 'job.consent-shared' });
    expect(audited.body.items).toMatchObject([{ subject: String(jobId), data: { kind: 'cancellation' } }]);
    const later = await consentOf(jobId);
    expect(await call(provider, 'jobs.shareConsent', { jobId, consent: later })).toMatchObject({
      status: 200,
    });
    expect((await call(client, 'jobs.listConsents', { jobId })).body).toEqual({ items: [later] });

    const { cancel } = disputeCalls(world.chain.deployment, world.parties);
    await world.parties.client.send(await cancel(jobId, 3_000_000n));
    await expect
      .poll(async () => (await call(client, 'jobs.get', { jobId })).body.status, { timeout: 20_000 })
      .toBe('completed');
    expect((await call(client, 'jobs.listConsents', { jobId })).body).toEqual({ items: [] });
    const refused = await call(provider, 'jobs.shareConsent', { jobId, consent: await consentOf(jobId) });
    expect(refused.body.code).toBe('CONFLICT');
  });

  it('are refused of strangers, and when they are not what the kernel would take', async () => {
    const { client, provider, stranger } = await roles();
    const jobId = await fundedJob();
    const consent = await consentOf(jobId);
    const share = async (agent: LinkedAgent, change: object) =>
      (await call(agent, 'jobs.shareConsent', { jobId, consent: { ...consent, ...change } })).body.code;
    expect([
      await share(stranger, {}),
      (await call(stranger, 'jobs.listConsents', { jobId })).body.code,
      await share(client, {}),
      await share(provider, { providerAmountUsdc: '4' }),
      await share(provider, { providerAmountUsdc: '999999' }),
      await share(provider, { validUntil: '2020-01-01T00:00:00Z' }),
      await share(provider, { validUntil: inDays(8) }),
      await share(provider, { jobId: '999' }),
      await share(provider, { signature: '0x' }),
      await share(provider, { signature: `0x${'1b'.repeat(65)}` }),
      (await call(provider, 'jobs.shareConsent', { jobId: '999999', consent })).body.code,
    ]).toEqual([
      ...['FORBIDDEN', 'FORBIDDEN', 'VALIDATION_FAILED', 'VALIDATION_FAILED', 'VALIDATION_FAILED'],
      ...['VALIDATION_FAILED', 'VALIDATION_FAILED', 'VALIDATION_FAILED', 'VALIDATION_FAILED'],
      ...['VALIDATION_FAILED', 'NOT_FOUND'],
    ]);
    expect((await call(client, 'jobs.listConsents', { jobId })).body).toEqual({ items: [] });
  });
});

describe('jobs.watch', () => {
  it('goes on from any cursor, for one job or one party', async () => {
    const { client } = await roles();
    const jobId = await fundedJob();
    const { address } = world.parties.validator.account;
    const take = async (path: string, count: number, lastEventId = '0') => {
      const events = [];
      const sender = { signer: client };
      await using stream = await openStream(world.gateway, { sender, path, lastEventId });
      while (events.length < count) events.push(event.parse((await stream.next())?.data));
      return events;
    };
    const ofJob = await take(`/v1/jobs/watch?jobId=${jobId}`, 3);
    expect(ofJob.map(({ type }) => type)).toEqual(['job.created', 'job.accepted', 'job.funded']);
    const [first] = ofJob;
    const resumed = await take(`/v1/jobs/watch?jobId=${jobId}`, 2, first?.id);
    expect(resumed).toEqual(ofJob.slice(1));
    const ofJudge = await take(`/v1/jobs/watch?party=${address.toLowerCase()}&jobId=${jobId}`, 1);
    expect(ofJudge[0]).toMatchObject({ type: 'job.created', data: { judges: [address] } });
  });
});

describe('answers from the index', () => {
  it('say how old they are, also while the chain is away, when only the chain knows nothing', async () => {
    const { client } = await roles();
    const jobId = await fundedJob();
    await expect
      .poll(async () => (await call(client, 'jobs.get', { jobId })).body.status, { timeout: 20_000 })
      .toBe('funded');
    const fresh = await call(client, 'jobs.get', { jobId });
    expect(Number(fresh.headers.get('bonafide-index-block'))).toBeGreaterThan(0);
    expect(Number(fresh.headers.get('bonafide-index-age'))).toBeLessThan(60);
    world.proxy.treat(() => 'drop');
    try {
      const { address } = world.parties.client.account;
      const indexed = await Promise.all([
        call(client, 'jobs.get', { jobId }),
        call(client, 'jobs.list', { status: 'funded' }),
        call(client, 'jobs.listHistory', { jobId }),
        call(client, 'disputes.list'),
        call(client, 'arbitrators.list'),
        call(client, 'templates.list'),
        call(client, 'treasury.getStats'),
      ]);
      expect(indexed.map(({ status }) => status)).toEqual(indexed.map(() => 200));
      for (const { headers } of indexed) expect(headers.get('bonafide-index-age')).toMatch(/^\d+$/);
      const live = await Promise.all([
        call(client, 'usdc.getAllowance', { owner: address, spender: address }),
        call(client, 'treasury.getBalances'),
        call(client, 'identities.get', { chainAgentId: '0' }),
        call(client, 'wallets.get', { agentId: client.agentId }),
        call(client, 'validations.list', { chainAgentId: '0' }),
      ]);
      expect(live.map(({ status, body }) => [status, body.code])).toEqual(
        live.map(() => [503, 'UNAVAILABLE']),
      );
      for (const { headers } of live) expect(headers.has('bonafide-index-age')).toBe(false);
    } finally {
      world.proxy.treat(() => 'forward');
    }
  });

  it('are as old as their newest block after a start without the chain', async () => {
    const { client } = await roles();
    const jobId = await fundedJob();
    await expect.poll(async () => (await call(client, 'jobs.get', { jobId })).status).toBe(200);
    const database = join(world.directory, 'away.db');
    const { deployment } = world.chain;
    const chain = { rpcUrl: world.proxy.url, deployment, pollIntervalMs: 25 };
    const first = await createGateway({ database, logLevel: 'silent', chain });
    const { ownerToken } = await first.createWorkspace('away');
    const ask = (gateway: typeof first) =>
      gateway.fetch(
        new Request(`http://127.0.0.1/v1/jobs/${jobId}`, {
          headers: { authorization: `Bearer ${ownerToken}` },
        }),
      );
    await expect.poll(async () => (await ask(first)).status, { timeout: 20_000 }).toBe(200);
    await first[Symbol.asyncDispose]();
    world.proxy.treat(() => 'drop');
    const inAnHour = () => Date.now() + 3_600_000;
    const again = await createGateway({ database, logLevel: 'silent', chain, now: inAnHour });
    const answer = await ask(again);
    expect(answer.status).toBe(200);
    expect(Number(answer.headers.get('bonafide-index-age'))).toBeGreaterThan(3_500);
    await again[Symbol.asyncDispose]();
    world.proxy.treat(() => 'forward');
  });
});

describe('reads of the chain itself', () => {
  it('answer for wallets, identities, allowances and the treasury, and what is not there', async () => {
    const { provider } = await roles();
    const { calls, provider: party } = world.parties;
    const { address } = party.account;
    await party.send(calls.register());
    await party.send(calls.approve(world.chain.deployment.disputes, 1_500_000n));
    const { disputes } = world.chain.deployment;
    const answers = await Promise.all([
      call(provider, 'identities.get', { chainAgentId: '0' }),
      call(provider, 'usdc.getAllowance', { owner: address, spender: disputes }),
      call(provider, 'wallets.get', { agentId: provider.agentId }),
      call(provider, 'validations.list', { chainAgentId: '0' }),
      call(provider, 'treasury.getBalances'),
      call(provider, 'reputation.get', { chainAgentId: '0' }),
    ]);
    expect(answers.map(({ body }) => body)).toMatchObject([
      { chainAgentId: '0', owner: address, uri: 'data:,agent' },
      { amountUsdc: '1.5' },
      { wallet: address, waitingUsdc: '0' },
      { items: [] },
      { treasury: world.chain.deployment.treasury },
      { settledJobs: 0 },
    ]);
    expect(reputation.safeParse(answers[5]?.body).success).toBe(true);
    const missing = await Promise.all([
      call(provider, 'identities.get', { chainAgentId: String(2n ** 256n - 1n) }),
      call(provider, 'validations.get', { requestHash: `0x${'00'.repeat(32)}` }),
      call(provider, 'wallets.get', { agentId: crypto.randomUUID() }),
      call(provider, 'disputes.get', { jobId: '1' }),
      call(provider, 'arbitrators.get', { address }),
      call(provider, 'templates.get', { templateId: 9 }),
    ]);
    expect(missing.map(({ body }) => body.code)).toEqual(missing.map(() => 'NOT_FOUND'));
    const malformed = await Promise.all([
      call(provider, 'jobs.list', { createdAfter: 'yesterday' }),
      call(provider, 'jobs.list', { templateId: 0 }),
      call(provider, 'jobs.listHistory', { jobId: '1', cursor: 'x' }),
      call(provider, 'treasury.getStats', { from: '2026-02-30' }),
      call(provider, 'treasury.getStats', { from: '2026-02-02', to: '2026-01-01' }),
      call(provider, 'treasury.getStats', { from: '1970-01-01', to: '2026-01-01' }),
      call(provider, 'validations.list', { chainAgentId: '0', cursor: 'x' }),
    ]);
    expect(malformed.map(({ body }) => body.code)).toEqual(malformed.map(() => 'VALIDATION_FAILED'));
  });
});
