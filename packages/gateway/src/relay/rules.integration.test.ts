import {
  agenticCommerceAbi,
  identityRegistryAbi,
  reputationRegistryAbi,
  testUsdcAbi,
} from '@bonafide/contracts';
import { startLocalChain } from '@bonafide/contracts/local';
import { encodeFunctionData, type Hex, parseAbi, serializeTransaction, zeroAddress, zeroHash } from 'viem';
import { describe, expect, it } from 'vitest';
import { agentOf } from '../chain/testing/harness.ts';
import { useRelay } from './testing/use-relay.ts';

const world = useRelay(startLocalChain);
const { submit, signed, restart, failure } = world;

const hookAbi = parseAbi(['function beforeAction(uint256 jobId, bytes4 selector, bytes data)']);

const legacy = {
  type: 'legacy',
  gasPrice: 2n * 10n ** 9n,
  maxFeePerGas: undefined,
  maxPriorityFeePerGas: undefined,
};

describe('what is no signed transaction', () => {
  it.each<[string, () => Promise<string>]>([
    ['nothing', async () => '0x'],
    ['noise', async () => `0x${'ff'.repeat(200)}`],
    ['an unsigned transaction', async () => unsigned()],
    ['trailing bytes', async () => `${await signed()}00`],
    ['a malleated signature', async () => malleated(await signed())],
    ['an unsupported type', async () => `0x04${(await signed()).slice(4)}`],
  ])('is refused: %s', async (_, make) => {
    const error = await failure(submit(await make()));
    expect(error).toMatchObject({ code: 'VALIDATION_FAILED', issues: [{ path: 'signedTransaction' }] });
    expect(world.proxy.count('eth_sendRawTransaction')).toBe(0);
  });

  async function unsigned(): Promise<Hex> {
    const call = await world.parties.calls.create();
    return serializeTransaction({ type: 'eip1559', ...call, chainId: 31_337, gas: 1n, maxFeePerGas: 1n });
  }
});

describe('what the rules forbid', () => {
  const call = (to: Hex, data: Hex) => world.parties.client.sign({ to, data });

  it.each<[string, string, () => Promise<string>]>([
    ['CHAIN', 'another chain', () => signed({ chainId: 1 })],
    ['CHAIN', 'a transaction for any chain', () => signed({ chainId: undefined, ...legacy })],
    ['VALUE', 'ether', () => signed({ value: 1n })],
    ['GAS', 'a gas limit above the cap', () => signed({ gas: 4_000_001n })],
    ['FEE', 'a fee above the cap', () => signed({ maxFeePerGas: 10n ** 12n + 1n })],
    ['FEE', 'a legacy price above the cap', () => signed({ ...legacy, gasPrice: 10n ** 12n + 1n })],
    [
      'DATA_SIZE',
      'calldata above the cap',
      async () =>
        world.parties.client.sign(await world.parties.calls.create({ description: 'x'.repeat(33_000) })),
    ],
    ['TARGET', 'the creation of a contract', () => signed({ to: undefined })],
    ['TARGET', 'an account', () => call(world.parties.provider.account.address, '0x')],
    ['TARGET', 'the reputation registry', () => call(world.chain.deployment.reputationRegistry, feedback())],
    ['FUNCTION', 'no calldata', () => call(world.chain.deployment.agenticCommerce, '0x')],
    ['FUNCTION', 'an unknown selector', () => call(world.chain.deployment.court, '0x12345678')],
    ['FUNCTION', 'broken arguments', () => call(world.chain.deployment.agenticCommerce, '0x1d1c8cb6ff')],
    [
      'FUNCTION',
      "the owner's functions",
      () =>
        call(
          world.chain.deployment.agenticCommerce,
          encodeFunctionData({
            abi: agenticCommerceAbi,
            functionName: 'setPlatformFee',
            args: [1, zeroAddress],
          }),
        ),
    ],
    [
      'FUNCTION',
      'the hook callbacks',
      () =>
        call(
          world.chain.deployment.court,
          encodeFunctionData({ abi: hookAbi, functionName: 'beforeAction', args: [1n, '0x00000000', '0x'] }),
        ),
    ],
    [
      'FUNCTION',
      'a transfer of USDC that another has approved',
      () =>
        call(
          world.chain.deployment.usdc,
          encodeFunctionData({
            abi: testUsdcAbi,
            functionName: 'transferFrom',
            args: [zeroAddress, zeroAddress, 1n],
          }),
        ),
    ],
    [
      'FUNCTION',
      'an approval for a stranger',
      () => world.parties.client.sign(world.parties.calls.approve(world.parties.provider.account.address)),
    ],
    [
      'FUNCTION',
      'a transfer of an identity',
      () =>
        call(
          world.chain.deployment.identityRegistry,
          encodeFunctionData({
            abi: identityRegistryAbi,
            functionName: 'setApprovalForAll',
            args: [zeroAddress, true],
          }),
        ),
    ],
  ])('is refused: %s, %s', async (reason, _, make) => {
    const error = await failure(submit(await make()));
    expect(error).toMatchObject({ code: 'FORBIDDEN', details: { reason } });
    expect(world.proxy.count('eth_sendRawTransaction')).toBe(0);
  });

  it("is refused: another wallet than the agent's", async () => {
    const error = await failure(submit(await signed(), agentOf(world.parties.provider.account.address)));
    expect(error).toMatchObject({ code: 'FORBIDDEN', details: { reason: 'SENDER' } });
  });

  it('is refused: an agent without a proven wallet', async () => {
    const error = await failure(submit(await signed(), agentOf(undefined)));
    expect(error).toMatchObject({ code: 'FORBIDDEN', details: { reason: 'WALLET_NOT_LINKED' } });
  });

  it.each([-1, 1])('is refused: a nonce %i beside the next', async (step) => {
    await restart({ relayWaitMs: 50 });
    await world.parties.client.send(world.parties.calls.register());
    const error = await failure(submit(await signed({ nonce: 1 + step })));
    expect(error).toMatchObject({ code: 'CONFLICT', details: { reason: 'NONCE', nonce: 1 } });
    expect(world.proxy.count('eth_sendRawTransaction')).toBe(0);
  });

  it('is refused: more transactions of one wallet than its rate', async () => {
    await restart({ senderRate: { burst: 1, perSecond: 0.001 } });
    await submit(await signed());
    expect(await failure(submit(await signed()))).toMatchObject({ code: 'RATE_LIMITED' });
  });

  function feedback(): Hex {
    const args = [0n, 100n, 0, 'bonafide.job', 'completed', '', '', zeroHash] as const;
    return encodeFunctionData({ abi: reputationRegistryAbi, functionName: 'giveFeedback', args });
  }
});

/** The same signature under another hash: s becomes n - s. */
function malleated(bytes: Hex): Hex {
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const s = BigInt(`0x${bytes.slice(-64)}`);
  return `${bytes.slice(0, -64)}${(order - s).toString(16).padStart(64, '0')}` as Hex;
}
