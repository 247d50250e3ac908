import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deployment } from '@bonafide/contracts';
import { testUsdcAbi } from '@bonafide/contracts';
import { startLocalChain, startPublishedChain } from '@bonafide/contracts/local';
import { createState, preparePublication, runPublication } from '@bonafide/contracts/publish';
import { type Agent, connect, secure, walletFromKey } from '@bonafide/core';
import { createKeyPair, signerFromSeed } from '@bonafide/core/identity';
import { createGateway } from '@bonafide/gateway';
import { createPublicClient, createTestClient, http, publicActions, walletActions } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type RecordedCall, recordRpc } from './record-rpc.ts';

const owner = '0x00000000000000000000000000000000000000A1';
const guardian = '0x00000000000000000000000000000000000000b2';
const hash = (digit: string): string => `0x${digit.repeat(64)}`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-record-'));
});
afterEach(() => rm(folder, { recursive: true }));

interface Place {
  readonly rpcUrl: string;
  readonly deployment: Deployment;
}

/** A whole job of three agents on a gateway of its own; what they and the gateway asked their nodes. */
async function hire({
  rpcUrl,
  deployment,
}: Place): Promise<{ agents: RecordedCall[]; sent: RecordedCall[] }> {
  await using nodeOfAgents = await recordRpc(rpcUrl);
  await using nodeOfGateway = await recordRpc(rpcUrl);
  await using gateway = await createGateway({
    ...{ database: join(folder, `${deployment.chainId}.db`), logLevel: 'silent' },
    rateLimit: { perSecond: 10_000, burst: 10_000 },
    chain: { rpcUrl: nodeOfGateway.url, deployment, pollIntervalMs: 25, confirmations: 0 },
  });
  const { url } = await gateway.listen({ port: 0 });
  const { ownerToken } = await gateway.createWorkspace('default');
  const person = connect({ url, token: ownerToken });
  await person.policies.put({ cedar: 'permit (principal, action, resource);', note: 'a test' });
  const start = async (name: string): Promise<Agent> => {
    const wallet = await walletFromKey(`0x${randomBytes(32).toString('hex')}`);
    await fund({ rpcUrl, deployment }, wallet.address as `0x${string}`);
    const signer = signerFromSeed(createKeyPair().seed);
    const chain = { deployment, rpcUrl: nodeOfAgents.url };
    const agent = await secure(name, { url, signer, wallet, chain });
    await agent.wallets.link();
    return agent;
  };
  await using client = await start('client');
  await using provider = await start('provider');
  await using validator = await start('validator');

  const { jobId } = await client.jobs.create({
    ...{ provider: provider.id, description: 'work', amountUsdc: '12.5', validators: [validator.id] },
    ...{ threshold: 80, submitBy: new Date(Date.now() + 3_600_000).toISOString() },
    rules: { validationSeconds: 3_600, disputes: 'none' },
  });
  await provider.jobs.accept({ jobId });
  const job = await client.jobs.get({ jobId });
  await client.jobs.fund({ jobId, amountUsdc: '12.5', provider: job.provider });
  await provider.jobs.submit({ jobId, deliverable: hash('2'), deliverableUri: 'bafk' });
  const score = { score: 90, evidenceHash: hash('3'), evidenceUri: 'bafk' };
  expect(await validator.jobs.validate({ jobId, ...score })).toMatchObject({ status: 'completed' });

  const named = (calls: readonly RecordedCall[]) => calls.map((call) => withName(call, deployment));
  const isSent = ({ method }: RecordedCall) => method === 'eth_sendRawTransaction';
  return {
    agents: aboutContracts(named(nodeOfAgents.calls())),
    sent: named([...nodeOfAgents.calls(), ...nodeOfGateway.calls()].filter(isSent)),
  };
}

/** Contracts by name, because their addresses differ between chains. */
function withName({ to, ...call }: RecordedCall, deployment: Deployment): RecordedCall {
  const found = Object.entries(deployment).find(([, value]) => String(value).toLowerCase() === to);
  return { ...call, ...(to !== undefined && { to: found?.[0] ?? 'an account' }) };
}

/** The calls of contracts. Blocks, receipts and nonces are asked for until they come, which is a matter of time. */
function aboutContracts(calls: readonly RecordedCall[]): RecordedCall[] {
  return calls.filter(({ to }) => to !== undefined);
}

async function fund({ rpcUrl, deployment }: Place, address: `0x${string}`): Promise<void> {
  const anvil = createTestClient({ mode: 'anvil', transport: http(rpcUrl), pollingInterval: 20 })
    .extend(publicActions)
    .extend(walletActions);
  await anvil.setBalance({ address, value: 10n ** 18n });
  await anvil.impersonateAccount({ address });
  const hash = await anvil.writeContract({
    ...{ address: deployment.usdc, abi: testUsdcAbi, functionName: 'mint', args: [address, 10n ** 9n] },
    ...{ account: address, chain: null },
  });
  await anvil.waitForTransactionReceipt({ hash });
  await anvil.stopImpersonatingAccount({ address });
}

/** Our contracts on a chain with the id of Base Sepolia, as `bonafide contracts deploy` puts them there. */
async function publish(rpcUrl: string): Promise<Deployment> {
  const account = privateKeyToAccount(generatePrivateKey());
  const client = createPublicClient({ transport: http(rpcUrl), cacheTime: 0, pollingInterval: 20 });
  const anvil = createTestClient({ mode: 'anvil', transport: http(rpcUrl) });
  await anvil.setBalance({ address: account.address, value: 10n ** 18n });
  const parameters = { administrator: owner, guardian, timelockSeconds: 3_600, fundShareBps: 2_000 } as const;
  const chain = 'base-sepolia';
  const plan = await preparePublication({ client, chain, deployer: account.address, parameters });
  const statePath = join(folder, 'state.json');
  const state = createState(statePath, plan);
  const deployment = await runPublication({ client, account, state, statePath, onCreated: () => undefined });
  // The stand-in for USDC says so in its domain; the published one on this chain says `USDC`.
  return { ...deployment, usdcName: 'USD Coin' };
}

it('shows that a hire asks the same of a node on the local chain and under the id of Base Sepolia', async () => {
  await using local = await startLocalChain();
  await using published = await startPublishedChain('base-sepolia');
  const here = await hire(local);
  const there = await hire({ rpcUrl: published.rpcUrl, deployment: await publish(published.rpcUrl) });
  const identities = ['identityRegistry', 'identityRegistry', 'identityRegistry'];
  const job = ['agenticCommerce', 'court', 'agenticCommerce', 'agenticCommerce', 'court'];
  expect(here.sent.map(({ to }) => to)).toEqual([...identities, ...job]);
  expect(there.sent).toEqual(here.sent);
  expect(there.agents).toEqual(here.agents);
  expect(here.agents.length).toBeGreaterThan(job.length);
  expect(JSON.stringify(here.agents)).not.toMatch(/[0-9a-f]{32}/);
}, 120_000);
