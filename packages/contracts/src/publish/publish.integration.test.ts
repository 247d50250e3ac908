import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPublicClient, createTestClient, http, type PublicClient, publicActions } from 'viem';
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agenticCommerceAbi, deployments, formatDeployment, parseDeployment } from '../index.ts';
import { type PublishedChain, startLocalChain, startPublishedChain } from '../local/index.ts';
import {
  createState,
  type PublishPlan,
  preparePublication,
  readState,
  runPublication,
  verificationOf,
} from './index.ts';

const owner = '0x00000000000000000000000000000000000000A1';
const guardian = '0x00000000000000000000000000000000000000b2';
const parameters = { administrator: owner, guardian, timelockSeconds: 172_800, fundShareBps: 2_000 } as const;

let chain: PublishedChain;
let folder: string;
let statePath: string;
let account: PrivateKeyAccount;
let client: PublicClient;

const anvil = () => createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) }).extend(publicActions);
const prepare = (change: object = {}): Promise<PublishPlan> =>
  preparePublication({ client, chain: 'base-sepolia', deployer: account.address, parameters, ...change });
const nonce = () => client.getTransactionCount({ address: account.address });

/** Sends until it is done, or until `stopAfter` contracts are there, as a crash would stop it. */
async function run(state = readState(statePath), stopAfter = 99): Promise<{ names: string[]; sent: number }> {
  const names: string[] = [];
  let sent = 0;
  await runPublication({
    ...{ client, account, state, statePath },
    onCreated({ creation, transactionHash }) {
      names.push(creation.name);
      if (transactionHash) sent += 1;
      if (names.length === stopAfter) throw new Error('crash');
    },
  });
  return { names, sent };
}

beforeEach(async () => {
  chain = await startPublishedChain('base-sepolia');
  folder = mkdtempSync(join(tmpdir(), 'bonafide-publish-'));
  statePath = join(folder, 'state.json');
  account = privateKeyToAccount(generatePrivateKey());
  client = createPublicClient({ transport: http(chain.rpcUrl), cacheTime: 0, pollingInterval: 20 });
  await anvil().setBalance({ address: account.address, value: 10n ** 18n });
});
afterEach(async () => {
  await chain[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

describe('the plan', () => {
  it('says addresses, gas and cost beforehand, and sends nothing', async () => {
    const plan = await prepare();
    expect(plan.creations.map(({ name }) => name).sort()).toEqual([
      'agenticCommerce',
      'arbitratorPool',
      'court',
      'disputes',
      'jobTemplates',
      'timelock',
      'treasury',
    ]);
    expect(plan.gas).toBe(plan.creations.reduce((sum, { gas }) => sum + gas, 0n));
    expect(plan.cost).toBe(plan.gas * plan.gasPrice);
    expect(await nonce()).toBe(0);
  });

  it('is what the run then creates, for that gas', async () => {
    const plan = await prepare();
    createState(statePath, plan);
    expect((await run()).sent).toBe(7);
    for (const { address, nonce: at, gas, name } of plan.creations) {
      expect(await client.getCode({ address })).toBeDefined();
      const block = await client.getBlock({ blockNumber: plan.startBlock + BigInt(at) + 1n });
      expect(gas, name).toBeGreaterThanOrEqual(block.gasUsed);
      expect(gas, name).toBeLessThan((block.gasUsed * 6n) / 5n);
    }
    const { agenticCommerce } = plan.deployment;
    const question = { address: agenticCommerce, abi: agenticCommerceAbi } as const;
    expect(await client.readContract({ ...question, functionName: 'token' })).toBe(
      deployments['base-sepolia'].usdc,
    );
    expect(parseDeployment(formatDeployment(plan.deployment))).toEqual(plan.deployment);
  });

  it('takes the nonces that the deployer has left', async () => {
    await anvil().setNonce({ address: account.address, nonce: 41 });
    createState(statePath, await prepare());
    expect((await run()).sent).toBe(7);
    expect(await nonce()).toBe(48);
  });
});

describe('what is refused', () => {
  it('is the node of another chain', async () => {
    await using local = await startLocalChain();
    const other = createPublicClient({ transport: http(local.rpcUrl) });
    await expect(prepare({ client: other })).rejects.toThrow(
      /is on chain 31337; base-sepolia is chain 84532/,
    );
  });

  it('is a chain without the published contracts', async () => {
    const { usdc } = deployments['base-sepolia'];
    await anvil().setCode({ address: usdc, bytecode: '0x' });
    await expect(prepare()).rejects.toThrow(`There is no usdc at ${usdc}`);
  });

  it('is a guardian that is the owner too', async () => {
    await expect(prepare({ parameters: { ...parameters, guardian: owner } })).rejects.toThrow(
      /another account/,
    );
  });

  it('is a second deployment on the state of one under way', async () => {
    const plan = await prepare();
    createState(statePath, plan);
    expect(() => createState(statePath, plan)).toThrow(/--resume/);
  });

  it('is the key of another deployer, before anything is sent', async () => {
    createState(statePath, await prepare());
    account = privateKeyToAccount(generatePrivateKey());
    await expect(run()).rejects.toThrow(/was begun by/);
    expect(await nonce()).toBe(0);
  });

  it.each(['', '{}', '{"chain":"nowhere"}', '{"chain":"base","deployer":"0x12"}'])(
    'is %j as a state',
    (text) => {
      writeFileSync(statePath, text);
      expect(() => readState(statePath)).toThrow(/is not the state/);
    },
  );

  it('is going on after somebody used the nonce of a contract', async () => {
    createState(statePath, await prepare());
    await expect(run(undefined, 2)).rejects.toThrow('crash');
    await anvil().setNonce({ address: account.address, nonce: 3 });
    await expect(run()).rejects.toThrow(/nonce 2 .* was used by another transaction/);
  });
});

describe('after a crash', () => {
  it.each([1, 4, 7])('goes on without creating anything twice, after contract %i', async (count) => {
    createState(statePath, await prepare());
    await expect(run(undefined, count)).rejects.toThrow('crash');
    expect(await run()).toMatchObject({ sent: 7 - count });
    expect(await run()).toMatchObject({ sent: 0 });
    expect(await nonce()).toBe(7);
  });

  it('between sending and its block: waits for what was sent', async () => {
    createState(statePath, await prepare());
    await expect(run(undefined, 2)).rejects.toThrow('crash');
    const test = anvil();
    await test.setAutomine(false);
    const first = run().catch(() => undefined);
    const pending = () => client.getTransactionCount({ address: account.address, blockTag: 'pending' });
    await expect.poll(pending, { timeout: 20_000 }).toBe(3);
    const second = run();
    await test.setIntervalMining({ interval: 1 });
    await Promise.all([first, second]);
    expect(await nonce()).toBe(7);
  }, 60_000);

  it('keeps what was sent in its state', async () => {
    createState(statePath, await prepare());
    await run();
    const { sent } = JSON.parse(readFileSync(statePath, 'utf8'));
    expect(Object.keys(sent)).toHaveLength(7);
  });
});

it('gives block explorers an input that compiles to the very bytecode', async () => {
  const { creations } = await prepare();
  const court = creations.find(({ name }) => name === 'court');
  if (!court) throw new Error('There is no court.');
  const { standardInput, contract, constructorArguments, compilerVersion } = verificationOf(court);
  const solc = createRequire(import.meta.url)('solc') as {
    compile(input: string): string;
    version(): string;
  };
  expect(compilerVersion).toMatch(/^v\d+\.\d+\.\d+\+commit\.[0-9a-f]{8}$/);
  expect(`v${solc.version()}`).toContain(compilerVersion);
  const [file = '', name = ''] = contract.split(':');
  const output = JSON.parse(solc.compile(JSON.stringify(standardInput)));
  const { object } = output.contracts[file][name].evm.bytecode;
  expect(`0x${object}${constructorArguments}`).toBe(court.data);
}, 180_000);
