import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { agenticCommerceAbi, courtAbi, disputesAbi, treasuryAbi } from '@bonafide/contracts';
import { startLocalChain } from '@bonafide/contracts/local';
import { decodeFunctionData, type PrivateKeyAccount, type TestClient } from 'viem';
import { generatePrivateKey } from 'viem/accounts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryBus } from '../bus/memory/memory-bus.ts';
import type { KeeperSettings } from '../chain/services.ts';
import { anvilOf } from '../chain/testing/anvil.ts';
import { eventually, type Harness, startHarness } from '../chain/testing/harness.ts';
import { createParties, type Parties, type TestChain } from '../chain/testing/parties.ts';
import { startRpcProxy, type Treatment } from '../chain/testing/rpc-proxy.ts';
import { createLedger } from '../ledger.ts';
import { createKeeper, type KeeperOptions } from './keeper.ts';
import { dueJobs, HOUR_SECONDS, keeperAccount } from './testing/due-jobs.ts';

let chain: TestChain & AsyncDisposable;
let anvil: TestClient<'anvil'>;
let parties: Parties;
let jobs: ReturnType<typeof dueJobs>;

// A chain for each test: keepers do whatever is due, of other tests too.
beforeEach(async () => {
  chain = await startLocalChain();
  anvil = anvilOf(chain);
  parties = await createParties(chain);
  jobs = dueJobs(chain, parties);
});

afterEach(() => chain[Symbol.asyncDispose]());

const later = async (seconds: number) => {
  await anvil.increaseTime({ seconds });
  await anvil.mine({ blocks: 1 });
};
const sentBy = ({ address }: PrivateKeyAccount) => parties.node.getTransactionCount({ address });
const start = (keeper?: KeeperSettings, path?: string) =>
  startHarness({ rpcUrl: chain.rpcUrl, deployment: chain.deployment, keeper }, path);
const typesOf = (harness: Harness, jobId: bigint) => harness.typesOf(String(jobId));
const untilType = (harness: Harness, jobId: bigint, type: string) =>
  harness.event((event) => event.subject === String(jobId) && event.type === type);

/** What accounts have called, as `settle 7: success`. */
async function callsOf(accounts: readonly PrivateKeyAccount[]): Promise<string[]> {
  const senders = new Set(accounts.map(({ address }) => address.toLowerCase()));
  const abi = [...agenticCommerceAbi, ...courtAbi, ...disputesAbi, ...treasuryAbi];
  const calls: string[] = [];
  for (let blockNumber = await parties.node.getBlockNumber(); blockNumber > 0n; blockNumber -= 1n) {
    const { transactions } = await parties.node.getBlock({ blockNumber, includeTransactions: true });
    for (const { hash, input } of transactions.filter(({ from }) => senders.has(from))) {
      const { status } = await parties.node.getTransactionReceipt({ hash });
      const { functionName, args } = decodeFunctionData({ abi, data: input });
      calls.push(`${functionName} ${args?.[0]}: ${status}`);
    }
  }
  return calls.sort();
}

const ENDS: ReadonlySet<string> = new Set(['job.rejected', 'job.expired']);

describe('two keepers on two gateways with stores of their own', () => {
  it('do everything that is due once', async () => {
    const accounts = [await keeperAccount(chain), await keeperAccount(chain)];
    const [first, second] = accounts;
    if (!first || !second) throw new Error('There are two.');
    const common = { intervalMs: 50, spreadMs: 4_000 };
    await using one = await start({ ...common, account: first, random: () => 0 });
    await using other = await start({ ...common, account: second, random: () => 1 });

    const arbitrator = (await createParties(chain)).client;
    await jobs.seat(arbitrator);
    // A seat counts for what is escalated in a later second than it was taken.
    await later(1);
    const failed = await jobs.failed();
    const silent = await jobs.silent();
    const funded = await jobs.funded();
    const disputed = await jobs.disputed();
    const cancelled = await jobs.disputed();
    await jobs.cancel(cancelled);
    await untilType(one, disputed, 'dispute.entropy-captured');
    await untilType(one, cancelled, 'dispute.bonds-released');

    await later(HOUR_SECONDS + 1);
    await untilType(one, failed, 'job.rejected');
    await untilType(one, disputed, 'dispute.arbitrator-assigned');
    await later(HOUR_SECONDS + 1);
    await untilType(one, silent, 'job.completed');
    await untilType(one, disputed, 'dispute.closed');
    await later(100 * HOUR_SECONDS);
    // Never delivered: settled or, when that came first, refunded.
    await one.event(({ subject, type }) => subject === String(funded) && ENDS.has(type));
    for (const jobId of [failed, silent, funded, disputed, cancelled]) {
      await eventually(() =>
        typesOf(other, jobId).length === typesOf(one, jobId).length ? true : undefined,
      );
    }
    const calls = await callsOf(accounts);
    // Matters of luck: the entropy of the cancelled job before that, and the sync of what an arbitrator lost.
    const lucky = [`captureEntropy ${cancelled}: success`, 'sync undefined: success'];
    const counted = calls.map((call) => call.replace(`claimRefund ${funded}`, `settle ${funded}`)).sort();
    expect(counted.filter((call) => !lucky.includes(call))).toEqual([
      `assignArbitrator ${disputed}: success`,
      `captureEntropy ${disputed}: success`,
      `finalize ${disputed}: success`,
      `releaseBonds ${cancelled}: success`,
      `settle ${failed}: success`,
      `settle ${silent}: success`,
      `settle ${funded}: success`,
    ]);
    expect(new Set(calls).size).toBe(calls.length);
    expect([(await one.chain.getHealth()).keeper, (await other.chain.getHealth()).keeper]).toEqual([
      'ok',
      'ok',
    ]);
  }, 90_000);
});

describe('kill -9 of a keeper', () => {
  const script = fileURLToPath(new URL('./testing/keep-and-hang.ts', import.meta.url));

  it.each<[string, string, Treatment]>([
    ['between its claim and its call', 'eth_sendRawTransaction', 'drop'],
    ['after its call', 'eth_sendRawTransaction', 'swallow'],
  ])(
    '%s: the call is made once, when the lease is over',
    async (_, stopAt, treatment) => {
      const key = generatePrivateKey();
      const account = await keeperAccount(chain, key);
      const jobId = await jobs.failed();
      await later(HOUR_SECONDS + 1);
      const directory = await mkdtemp(join(tmpdir(), 'bonafide-keeper-'));
      await using proxy = await startRpcProxy(chain.rpcUrl);
      const reached = new Promise<void>((resolve) => {
        proxy.treat((method) => {
          if (method !== stopAt) return 'forward';
          resolve();
          return treatment;
        });
      });
      const child = spawn(process.execPath, [script, directory, proxy.url, key], { stdio: 'inherit' });
      const exited = once(child, 'exit');
      await Promise.race([
        reached,
        exited.then(() => Promise.reject(new Error('It ended before its call.'))),
      ]);
      child.kill('SIGKILL');
      await exited;

      await using harness = await start(undefined, directory);
      const lease = { clock: Number.MAX_SAFE_INTEGER, nowMs: Date.now() };
      const isFree = harness.read.dueCalls
        .listDue(lease, 10)
        .some((call) => call.jobId === String(jobId) && call.kind === 'settle');
      expect(isFree).toBe(false);
      await using _keeper = runKeeper(harness, { account, now: () => Date.now() + 61_000 });
      await untilType(harness, jobId, 'job.rejected');
      expect(await sentBy(account)).toBe(1);
    },
    60_000,
  );
});

describe('a call that always fails', () => {
  it('does not keep the others from being made', async () => {
    const account = await keeperAccount(chain);
    const jobId = await jobs.failed();
    await later(HOUR_SECONDS + 1);
    await using harness = await start();
    await harness.chain.catchUpWithHead();
    await harness.store.commit(({ dueCalls }) => {
      for (let bad = 1; bad <= 40; bad += 1) {
        dueCalls.replaceOfJob(String(10 ** 9 + bad), [
          { kind: 'captureEntropy', dueAt: 0 },
          { kind: 'claimRefund', dueAt: 0 },
        ]);
      }
    });
    await using _keeper = runKeeper(harness, { account });
    await untilType(harness, jobId, 'job.rejected');
    expect(await sentBy(account)).toBe(1);
    const bad = harness.read.dueCalls.listDue({ clock: 1, nowMs: Number.MAX_SAFE_INTEGER }, 100);
    expect(bad.some(({ attempts }) => attempts > 0)).toBe(true);
  }, 60_000);
});

describe('the money of a keeper', () => {
  it.each<[string, Partial<KeeperOptions>]>([
    ['above its gas price', { maxFeePerGas: 1n }],
    ['beyond its daily limit', { dailyLimit: 1n }],
  ])('is not spent %s, and health says so', async (_, bound) => {
    const account = await keeperAccount(chain);
    const jobId = await jobs.failed();
    await later(HOUR_SECONDS + 1);
    await using harness = await start();
    const keeper = runKeeper(harness, { account, ...bound });
    await eventually(() => (keeper.getHealth() === 'held' ? true : undefined));
    await keeper[Symbol.asyncDispose]();
    expect(await sentBy(account)).toBe(0);
    expect(typesOf(harness, jobId)).not.toContain('job.rejected');
  });

  it('is counted to the wei', async () => {
    const account = await keeperAccount(chain);
    const { address } = account;
    const before = await parties.node.getBalance({ address });
    const jobId = await jobs.failed();
    await later(HOUR_SECONDS + 1);
    await using harness = await start({ account, intervalMs: 25, spreadMs: 0 });
    await untilType(harness, jobId, 'job.rejected');
    const spent = before - (await parties.node.getBalance({ address }));
    const day = new Date().toISOString().slice(0, 10);
    await eventually(() => (harness.read.keeperSpending.get(day, address) === spent ? true : undefined));
  });
});

it('says that a gateway without a key keeps nothing', async () => {
  await using harness = await start();
  expect((await harness.chain.getHealth()).keeper).toBe('off');
});

/** A keeper on the store of a harness, with what it cannot be configured to. */
function runKeeper(
  harness: Harness,
  change: Partial<KeeperOptions> & { readonly account: PrivateKeyAccount },
) {
  const stopping = new AbortController();
  const now = change.now ?? Date.now;
  const keeper = createKeeper({
    ...{ client: harness.chain.node.client, deployment: chain.deployment, read: harness.read },
    ledger: createLedger({ store: harness.store, bus: createMemoryBus(), now }),
    ...{ chainId: chain.deployment.chainId, log: { info: () => undefined, warn: () => undefined } },
    ...{ maxFeePerGas: 10n ** 11n, dailyLimit: 10n ** 17n, pollMs: 20, intervalMs: 25, spreadMs: 0 },
    ...{ random: () => 0, now, onIncluded: () => undefined, signal: stopping.signal, ...change },
  });
  const running = keeper.run();
  return {
    getHealth: keeper.getHealth,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running;
    },
  };
}
