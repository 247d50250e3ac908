import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { type Agent, connect, secure, walletFromKey } from '@bonafide/core';
import { createKeyPair, signerFromSeed } from '@bonafide/core/identity';
import { createGateway, type Gateway } from '@bonafide/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const HOUR = 3_600;
const hash = (digit: string): string => `0x${digit.repeat(64)}`;
const names = ['client', 'provider', 'validator', 'revalidator', 'arbitrator'] as const;

let chain: LocalChain;
let gateway: Gateway;
let folder: string;
let agents: Record<(typeof names)[number], Agent>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-disputes-'));
  chain = await startLocalChain();
  gateway = await createGateway({
    database: join(folder, 'gateway.db'),
    logLevel: 'silent',
    port: 0,
    rateLimit: { perSecond: 10_000, burst: 10_000 },
    chain: { rpcUrl: chain.rpcUrl, deployment: chain.deployment, pollIntervalMs: 25, relayWaitMs: 5_000 },
  });
  const { url } = await gateway.listen();
  const { ownerToken } = await gateway.createWorkspace('default');
  const owner = connect({ url, token: ownerToken });
  await owner.policies.put({ cedar: 'permit (principal, action, resource);', note: 'a test of disputes' });
  const { secret } = await owner.tokens.create({ name: 'parties', role: 'enrolment' });
  const started = await Promise.all(names.map(async (name) => [name, await start(name, { url, secret })]));
  agents = Object.fromEntries(started);
});

afterAll(async () => {
  for (const agent of Object.values(agents)) await agent[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  await chain[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function start(name: string, { url, secret }: { url: string; secret: string }): Promise<Agent> {
  const wallet = await walletFromKey(`0x${randomBytes(32).toString('hex')}`);
  await chain.faucet(wallet.address, { wei: 10n ** 18n, usdcUnits: 1_000_000_000n });
  const signer = signerFromSeed(createKeyPair().seed);
  const agent = await secure(name, { url, signer, wallet, rpcUrl: chain.rpcUrl, enrolmentToken: secret });
  await agent.wallets.link();
  return agent;
}

async function rpc(method: string, params: unknown[] = []): Promise<{ timestamp?: string }> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(chain.rpcUrl, { method: 'POST', headers, body });
  return ((await response.json()) as { result: { timestamp?: string } }).result;
}

/** Moves the clock of the chain; nobody else uses it here, so blocks come only from us. */
async function advance(seconds: number): Promise<void> {
  await rpc('evm_increaseTime', [`0x${seconds.toString(16)}`]);
  await rpc('evm_mine');
}

async function chainTime(): Promise<number> {
  return Number((await rpc('eth_getBlockByNumber', ['latest', false])).timestamp);
}

/** Until the gateway's index, which follows the chain, shows the dispute like this. */
const disputeOf = (jobId: string) =>
  expect.poll(() => agents.client.disputes.get({ jobId }).catch(() => undefined), { timeout: 20_000 });

async function startFailed(): Promise<string> {
  const { client, provider, validator, revalidator } = agents;
  const submitBy = new Date(((await chainTime()) + HOUR) * 1000).toISOString();
  const windows = { windowSeconds: HOUR, evidenceSeconds: HOUR, rulingSeconds: HOUR };
  const { jobId } = await client.jobs.create({
    provider: provider.id,
    description: 'work',
    amountUsdc: '100',
    validators: [validator.id],
    threshold: 80,
    submitBy,
    rules: { validationSeconds: HOUR, disputes: { ...windows, revalidators: [revalidator.id] } },
  });
  await expect
    .poll(() => client.jobs.get({ jobId }).then(({ terms }) => terms !== undefined), { timeout: 20_000 })
    .toBe(true);
  await provider.jobs.accept({ jobId });
  const { provider: payee } = await client.jobs.get({ jobId });
  await client.jobs.fund({ jobId, amountUsdc: '100', provider: payee });
  await provider.jobs.submit({ jobId, deliverable: hash('2'), deliverableUri: 'bafk' });
  await validator.jobs.validate({ jobId, score: 10, evidenceHash: hash('3'), evidenceUri: 'bafk' });
  return jobId;
}

describe('a dispute on a real gateway and chain', () => {
  it('goes through all tiers, and everybody can read it', async () => {
    const { client, provider, arbitrator } = agents;
    expect(await arbitrator.arbitrators.stake({ amountUsdc: '100' })).toMatchObject({ status: 'active' });
    await advance(1);
    const jobId = await startFailed();
    const evidence = { evidenceHash: hash('4'), evidenceUri: 'bafk' };
    await provider.disputes.open({ jobId, bondUsdc: '5', ...evidence });
    await disputeOf(jobId).toMatchObject({ stage: 'revalidation', bondUsdc: '5', isAnswered: false });
    await client.disputes.answer({ jobId, bondUsdc: '5', evidenceHash: hash('5'), evidenceUri: 'bafk' });
    await advance(HOUR);
    await arbitrator.disputes.escalate({ jobId });
    await client.disputes.addEvidence({ jobId, evidenceHash: hash('6'), evidenceUri: 'bafk' });
    await advance(HOUR);
    const assigned = await client.disputes.assignArbitrator({ jobId });
    expect(assigned).toMatchObject({ stage: 'ruling', arbitrator: expect.stringMatching(/^0x/) });
    const rationale = { rationaleHash: hash('7'), rationaleUri: 'bafk' };
    await arbitrator.disputes.rule({ jobId, percent: 60, ...rationale });
    await disputeOf(jobId).toMatchObject({ stage: 'closed', percent: 60, isAnswered: true });
    const dispute = await client.disputes.get({ jobId });
    expect(dispute.evidence.map(({ evidenceHash }) => evidenceHash)).toEqual(['4', '5', '6'].map(hash));
    expect(await client.jobs.get({ jobId })).toMatchObject({
      status: 'completed',
      resolution: 'arbitration',
      providerAmountUsdc: '60',
    });
  });

  it('lets the relay carry the rest of what a wallet does', async () => {
    const { client, provider } = agents;
    const { wallet: to = '', chainAgentId = '' } = await client.agents.get({ agentId: provider.id });
    expect(await client.usdc.transfer({ to, amountUsdc: '1' })).toMatchObject({ amountUsdc: '1' });
    await client.usdc.approve({ spender: 'disputes', amountUsdc: '2' });
    const { disputes } = chain.deployment;
    const { wallet: owner = '' } = await client.agents.get({ agentId: client.id });
    expect(await client.usdc.getAllowance({ owner, spender: disputes })).toMatchObject({ amountUsdc: '2' });

    const uri = 'https://agent.example/registration.json';
    await provider.identities.setUri({ chainAgentId, uri });
    expect(await client.identities.get({ chainAgentId })).toMatchObject({ uri });

    await provider.validations.request({
      chainAgentId,
      validator: owner,
      requestUri: 'bafk',
      requestHash: hash('8'),
    });
    const response = { requestHash: hash('8'), response: 70, responseUri: 'bafk', responseHash: hash('9') };
    await client.validations.respond(response);
    expect(await client.validations.get({ requestHash: hash('8') })).toMatchObject({ response: 70 });

    const { treasury } = chain.deployment;
    await client.usdc.transfer({ to: treasury, amountUsdc: '3' });
    await provider.treasury.sync();
    expect(await client.treasury.getBalances()).toMatchObject({ uncountedUsdc: '0' });
  });

  it('makes jobs from a template until it is stopped', async () => {
    const { client, provider, validator } = agents;
    const { wallet: judge = '' } = await client.agents.get({ agentId: validator.id });
    const rules = {
      validators: [judge],
      requiredPasses: 1,
      threshold: 50,
      validatorFeeUsdc: '0.1',
      validationSeconds: HOUR,
      silencePercent: 0,
    };
    const { templateId } = await provider.templates.create({ name: 'Translation', rules, feeBps: 100 });
    const template = () => client.templates.get({ templateId }).catch(() => undefined);
    await expect.poll(template, { timeout: 20_000 }).toMatchObject({ name: 'Translation', isActive: true });
    const submitBy = new Date(((await chainTime()) + HOUR) * 1000).toISOString();
    const job = { provider: provider.id, description: 'work', amountUsdc: '10', templateId, submitBy };
    expect(await client.jobs.create(job)).toMatchObject({ status: 'open' });
    await provider.templates.setActive({ templateId, isActive: false });
    await expect.poll(template, { timeout: 20_000 }).toMatchObject({ isActive: false });
    await expect(client.jobs.create(job)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('is advised about', async () => {
    const { client, provider } = agents;
    const advice = await client.jobs.advise({
      amountUsdc: '100',
      task: 'Run the tests',
      provider: provider.id,
    });
    expect(advice).toMatchObject({ costs: { bondUsdc: expect.any(String) }, suggested: { threshold: 90 } });
  });
});
