import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { hexToNumber } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anvilOf } from './testing/anvil.ts';
import { eventually, type Harness, startHarness } from './testing/harness.ts';
import { createParties } from './testing/parties.ts';
import { type RpcProxy, startRpcProxy } from './testing/rpc-proxy.ts';

const JOBS = 12;
const WIDEST = 3;
const CALLERS = 40;

let chain: LocalChain;
beforeAll(async () => {
  chain = await startLocalChain();
  const { client, calls } = await createParties(chain);
  for (let count = 0; count < JOBS; count += 1) {
    await client.send(await calls.create());
    await anvilOf(chain).mine({ blocks: 4 });
  }
});
afterAll(() => chain[Symbol.asyncDispose]());

const startBehind = ({ url }: RpcProxy, maxBlockRange?: number): Promise<Harness> =>
  startHarness({ rpcUrl: url, deployment: chain.deployment, maxBlockRange });
const untilCurrent = (harness: Harness) =>
  eventually(async () => (await harness.chain.getHealth()).indexLagBlocks === 0 || undefined);

describe('a node that answers', () => {
  it('gets many questions in few requests', async () => {
    await using proxy = await startRpcProxy(chain.rpcUrl);
    await using harness = await startBehind(proxy);
    await untilCurrent(harness);
    await eventually(() => harness.job(String(JOBS)));
    expect(proxy.count('eth_call') + proxy.count('eth_getBlockByNumber')).toBeGreaterThan(2 * JOBS);
    // All descriptions and block times of a range; the rest of the requests are for new blocks.
    expect(proxy.requests - proxy.count('eth_blockNumber')).toBeLessThan(2 * JOBS);
  });
});

describe('a node that is asked too often', () => {
  it('is left alone, whoever is in a hurry and for however long it asks, and followed again after that', async () => {
    await using proxy = await startRpcProxy(chain.rpcUrl);
    proxy.treat((method) => (method === 'eth_getLogs' ? 'limit' : 'forward'));
    await using harness = await startBehind(proxy);
    await eventually(() => proxy.count('eth_getLogs') > 0 || undefined);
    for (let caller = 0; caller < CALLERS; caller += 1) await harness.chain.catchUpWithHead();
    expect(proxy.count('eth_getLogs')).toBeLessThan(CALLERS);
    expect(await harness.chain.getHealth()).toMatchObject({ chain: 'down' });
    proxy.treat(() => 'forward');
    await untilCurrent(harness);
    await eventually(() => harness.job(String(JOBS)));
  });
});

describe('a node that refuses wide ranges', () => {
  it('is followed in narrow ones, and seldom asked for wider ones', async () => {
    await using proxy = await startRpcProxy(chain.rpcUrl);
    let refused = 0;
    proxy.treat((method, params) => {
      const [range] = params as [{ fromBlock: `0x${string}`; toBlock: `0x${string}` }];
      if (method !== 'eth_getLogs') return 'forward';
      if (hexToNumber(range.toBlock) - hexToNumber(range.fromBlock) < WIDEST) return 'forward';
      refused += 1;
      return { error: { code: -32602, message: 'the range is too wide' } };
    });
    await using harness = await startBehind(proxy, 64);
    await untilCurrent(harness);
    await eventually(() => harness.job(String(JOBS)));
    expect(refused).toBeLessThan(proxy.count('eth_getLogs') / 2);
  });
});
