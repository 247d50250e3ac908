import { testUsdcAbi, treasuryAbi } from '@bonafide/contracts';
import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createChainClient, createParty } from '../testing/chain-client.ts';
import { usdcHandlers } from '../usdc/index.ts';
import { treasuryHandlers } from './index.ts';

const { 'treasury.sync': sync } = treasuryHandlers;

let chain: LocalChain;
beforeAll(async () => {
  chain = await startLocalChain();
}, 60_000);
afterAll(() => chain[Symbol.asyncDispose]());

it('divides what has arrived, and sends nothing when nothing has', async () => {
  const { client, node, relayed } = createChainClient(chain, {});
  const anyone = await createParty(chain, client);
  const { treasury, usdc } = chain.deployment;
  const read = (functionName: 'reserve' | 'arbitrationFund') =>
    node.readContract({ address: treasury, abi: treasuryAbi, functionName });
  expect(await sync(anyone, {})).toEqual({});
  expect(relayed).toHaveLength(0);

  await usdcHandlers['usdc.transfer'](anyone, { to: treasury, amountUsdc: '10.000001' });
  expect(await sync(anyone, {})).toEqual({ transactionHash: expect.stringMatching(/^0x/) });
  const [reserve, fund] = [await read('reserve'), await read('arbitrationFund')];
  expect([reserve + fund, fund]).toEqual([10_000_001n, 2_000_000n]);
  const request = { address: usdc, abi: testUsdcAbi, functionName: 'balanceOf' } as const;
  expect(await node.readContract({ ...request, args: [treasury] })).toBe(10_000_001n);
  expect(await sync(anyone, {})).toEqual({});
});
