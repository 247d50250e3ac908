import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPublicClient, http } from 'viem';
import { expect, it } from 'vitest';
import { testUsdcAbi } from '../index.ts';
import { connectLocalChain, fundAccount, startLocalChain } from './index.ts';

const account = '0x000000000000000000000000000000000000dEaD';

async function usdcOf(rpcUrl: string): Promise<bigint> {
  const { deployment } = await connectLocalChain(rpcUrl);
  const reader = createPublicClient({ transport: http(rpcUrl) });
  const call = {
    address: deployment.usdc,
    abi: testUsdcAbi,
    functionName: 'balanceOf',
    args: [account],
  } as const;
  return reader.readContract(call);
}

async function untilUnreachable(rpcUrl: string): Promise<void> {
  const deadline = AbortSignal.timeout(20_000);
  while (await isReachable(rpcUrl)) deadline.throwIfAborted();
}

async function isReachable(rpcUrl: string): Promise<boolean> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] });
  const headers = { 'content-type': 'application/json' };
  return fetch(rpcUrl, { method: 'POST', headers, body }).then(
    () => true,
    () => false,
  );
}

it('adds to balances, also for concurrent faucets, and stops when disposed', async () => {
  const chain = await startLocalChain();
  const { rpcUrl } = chain;
  await Promise.all(Array.from({ length: 8 }, () => chain.faucet(account, { usdcUnits: 2n })));
  await fundAccount(rpcUrl, account, { wei: 5n });
  await fundAccount(rpcUrl, account, { wei: 5n });
  expect(await usdcOf(rpcUrl)).toBe(16n);
  expect(await createPublicClient({ transport: http(rpcUrl) }).getBalance({ address: account })).toBe(10n);
  await chain[Symbol.asyncDispose]();
  await chain[Symbol.asyncDispose]();
  expect(await isReachable(rpcUrl)).toBe(false);
});

it('keeps its state over a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bonafide-chain-'));
  const statePath = join(folder, 'state.json');
  try {
    const first = await startLocalChain({ statePath });
    await first.faucet(account, { usdcUnits: 9n });
    await first[Symbol.asyncDispose]();
    const second = await startLocalChain({ statePath });
    expect(await usdcOf(second.rpcUrl)).toBe(9n);
    await second[Symbol.asyncDispose]();
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('mines on a clock when asked to', async () => {
  await using chain = await startLocalChain({ blockTimeSeconds: 1 });
  await chain.faucet(account, { usdcUnits: 1n });
  expect(await usdcOf(chain.rpcUrl)).toBe(1n);
});

it('dies with its parent, even when that is killed', async () => {
  const script = `
    import { startLocalChain } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
    const chain = await startLocalChain();
    process.stdout.write(chain.rpcUrl);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [rpcUrl] = (await once(parent.stdout, 'data')).map(String);
  expect(await isReachable(rpcUrl ?? '')).toBe(true);
  parent.kill('SIGKILL');
  await untilUnreachable(rpcUrl ?? '');
});

it('says why it cannot start', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const address = squatter.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await expect(startLocalChain({ port })).rejects.toThrow(
    expect.objectContaining({ code: 'LOCAL_CHAIN_FAILED', message: expect.stringMatching(/in use/i) }),
  );
  squatter.close();
});
