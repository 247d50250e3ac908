import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { type Agent, connect, type RunningRole, secure, walletFromKey } from '@bonafide/core';
import { createKeyPair, signerFromSeed } from '@bonafide/core/identity';
import type { PeerQuote } from '@bonafide/core/models';
import { createGateway, type Gateway } from '@bonafide/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PeerIdentity } from '../connection/connector.ts';
import { createPeer, type ExchangePeer } from './create-peer.ts';
import { createOffered, type Offered } from './offered.ts';
import { createLinkedPair, type LinkedPair } from './testing/linked-pair.ts';

const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();

let chain: LocalChain;
let gateway: Gateway;
let folder: string;
let client: Agent;
let provider: Agent;
let validator: Agent;
let pair: LinkedPair;
let peer: ExchangePeer;
let offered: Offered;
let roles: RunningRole[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-peer-hire-'));
  chain = await startLocalChain();
  gateway = await createGateway({
    database: join(folder, 'gateway.db'),
    port: 0,
    logLevel: 'silent',
    // All parties come from one address here and hurry.
    rateLimit: { perSecond: 10_000, burst: 10_000 },
    chain: { rpcUrl: chain.rpcUrl, deployment: chain.deployment, pollIntervalMs: 25, relayWaitMs: 5_000 },
  });
  const { ownerToken } = await gateway.createWorkspace('default');
  const { url } = await gateway.listen();
  const owner = connect({ url, token: ownerToken });
  await owner.policies.put({ cedar: 'permit (principal, action, resource);', note: 'a test of quotes' });
  const { secret } = await owner.tokens.create({ name: 'parties', role: 'enrolment' });
  const start = (name: string): Promise<Agent> => startAgent(name, { url, enrolmentToken: secret });
  [client, provider, validator] = await Promise.all([start('client'), start('provider'), start('validator')]);
  link();
  const work = provider.provide({ pollIntervalMs: 200 }, () => 'the work');
  roles = [work, validator.validate(() => 90, { pollIntervalMs: 200 })];
});

afterAll(async () => {
  pair[Symbol.dispose]();
  for (const role of roles) await role[Symbol.asyncDispose]();
  for (const agent of [client, provider, validator]) await agent[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  await chain[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function startAgent(name: string, at: { url: string; enrolmentToken: string }): Promise<Agent> {
  const wallet = await walletFromKey(`0x${randomBytes(32).toString('hex')}`);
  await chain.faucet(wallet.address, { wei: 10n ** 18n, usdcUnits: 1_000_000_000n });
  const signer = signerFromSeed(createKeyPair().seed);
  const agent = await secure(name, { ...at, signer, wallet, rpcUrl: chain.rpcUrl });
  await agent.wallets.link();
  return agent;
}

function link(): void {
  const identityOf = ({ did, id, record }: Agent): PeerIdentity => ({
    did,
    agentId: id,
    workspace: record.workspace,
  });
  pair = createLinkedPair({ requester: identityOf(client), provider: identityOf(provider) });
  const onError = (error: Error): void => {
    throw error;
  };
  const events = { emit: () => undefined, hears: () => false, fail: onError };
  offered = createOffered({ agent: provider, onError });
  const nothing = createOffered({ agent: client, onError });
  createPeer({ linked: pair.there, agent: provider, offered, events });
  peer = createPeer({ linked: pair.here, agent: client, offered: nothing, events });
}

/** Signed by an agent for the client. */
async function offerOf(agent: Agent) {
  return agent.jobs.signOffer({
    client: client.id,
    amountUsdc: '12.5',
    validators: [agent === validator ? provider.id : validator.id],
    threshold: 80,
    submitBy: inHours(1),
    rules: { validationSeconds: 3_600, disputes: 'none' as const },
  });
}

async function quoteOf(changes: Partial<PeerQuote> = {}, agent = provider): Promise<PeerQuote> {
  return { amountUsdc: '12.50', expiresAt: inHours(1), offer: await offerOf(agent), ...changes };
}

describe('a quote of a peer', () => {
  it('becomes a job that is worked on, judged and paid, in one call', async () => {
    const remove = offered.onIntent(async () => ({ status: 'accepted' as const, quote: await quoteOf() }));
    const { quote } = await peer.sendIntent('What would it cost to clean my file?');
    remove();
    if (!quote) throw new Error('There is no quote.');
    const hired = await peer.hire(quote, { description: 'Clean a file', pollIntervalMs: 200 });
    expect(hired).toMatchObject({ outcome: 'paid', paidUsdc: '12.5' });
    expect((await hired.deliverable()).text()).toBe('the work');
  });

  it.each([
    ['has no offer', async () => quoteOf({ offer: undefined }), 'UNSUPPORTED'],
    ['is over', async () => quoteOf({ expiresAt: inHours(-1) }), 'EXPIRED'],
    ['says another price than its offer', async () => quoteOf({ amountUsdc: '1.25' }), 'CONFLICT'],
    ['pays somebody else', async () => quoteOf({}, validator), 'CONFLICT'],
    ['is none', async () => quoteOf({ amountUsdc: 'much' }), 'VALIDATION_FAILED'],
  ])('is not taken when it %s', async (_, quote, code) => {
    await expect(peer.hire(await quote(), { description: 'Clean a file' })).rejects.toMatchObject({ code });
  });
});
