import { parseTransaction } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../test-support/eventually.ts';
import { type Order, sendSigned } from './send-signed.ts';
import { createFakeChain, type FakeChain } from './testing/fake-chain.ts';

const STRANGER = '0x000000000000000000000000000000000000dEaD';

function orderOn(
  chain: FakeChain,
  change: { readonly signal?: AbortSignal; readonly account?: Order['account'] } = {},
): Order {
  const { signal, account = privateKeyToAccount(generatePrivateKey()) } = change;
  return {
    context: { client: { relay: { submit: chain.submit } }, signal, now: () => new Date() },
    chain: { node: chain.node, deployment: { chainId: 31_337 } },
    account,
    call: { to: STRANGER, data: '0x1234' },
    doing: 'test()',
    terms: { gas: 21_000n, maxFeePerGas: 1n, maxPriorityFeePerGas: 1n },
  } as unknown as Order;
}

const noncesOf = ({ offered }: FakeChain): number[] =>
  offered.map((each) => parseTransaction(each).nonce ?? 0);
const distinct = ({ offered }: FakeChain): number => new Set(offered).size;

afterEach(() => vi.useRealTimers());

describe('an answer that does not come', () => {
  it('after broadcasting: the chain is asked, nothing is signed again', async () => {
    const chain = createFakeChain();
    chain.faults(() => 'swallow');
    const receipt = await sendSigned(orderOn(chain));
    expect(receipt.status).toBe('success');
    expect(distinct(chain)).toBe(1);
    expect(chain.included).toHaveLength(1);
  });

  it('before broadcasting: the same bytes are offered again', async () => {
    const chain = createFakeChain();
    chain.faults((attempt) => (attempt < 3 ? 'drop' : 'none'));
    await sendSigned(orderOn(chain));
    expect(chain.offered).toHaveLength(4);
    expect(distinct(chain)).toBe(1);
  });

  it('never: the outcome is unknown, with the hash to look up', async () => {
    vi.useFakeTimers();
    const chain = createFakeChain({ pollingInterval: 10_000 });
    chain.faults(() => 'drop');
    const failing = expect(sendSigned(orderOn(chain))).rejects.toMatchObject({
      code: 'TIMEOUT',
      details: { transactionHash: expect.stringMatching(/^0x[0-9a-f]{64}$/) },
    });
    await vi.advanceTimersByTimeAsync(130_000);
    await failing;
    expect(distinct(chain)).toBe(1);
  });

  it('until the caller stops waiting: unknown as well', async () => {
    const chain = createFakeChain({ isAutomatic: false });
    const stop = new AbortController();
    const sending = sendSigned(orderOn(chain, { signal: stop.signal }));
    await eventually(() => expect(chain.offered.length).toBeGreaterThan(1));
    stop.abort();
    await expect(sending).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(distinct(chain)).toBe(1);
  });
});

describe('a nonce of somebody else with the same key', () => {
  it('that is used: new bytes are signed, because the old ones can never run', async () => {
    const chain = createFakeChain();
    chain.faults((attempt) => {
      if (attempt === 0) chain.useNonce();
      return 'none';
    });
    await sendSigned(orderOn(chain));
    expect(noncesOf(chain)).toEqual([0, 1]);
    expect(chain.included.map(({ nonce }) => nonce)).toEqual([0, 1]);
  });

  it('that waits for a block: nothing is signed until it is used', async () => {
    const chain = createFakeChain({ isAutomatic: false });
    chain.faults((attempt) => {
      if (attempt === 0) chain.blockNonce();
      return 'none';
    });
    const sending = sendSigned(orderOn(chain));
    await eventually(() => expect(chain.offered.length).toBeGreaterThan(3));
    expect(distinct(chain)).toBe(1);
    chain.mine();
    await eventually(() => expect(distinct(chain)).toBe(2));
    await eventually(() => {
      chain.mine();
      expect(chain.included).toHaveLength(2);
    });
    expect((await sending).status).toBe('success');
  });
});

describe('a refusal', () => {
  it('frees its nonce for the next transaction', async () => {
    const chain = createFakeChain();
    const account = privateKeyToAccount(generatePrivateKey());
    chain.faults((attempt) => (attempt === 0 ? 'forbid' : 'none'));
    await expect(sendSigned(orderOn(chain, { account }))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await sendSigned(orderOn(chain, { account }));
    expect(noncesOf(chain)).toEqual([0, 0]);
  });

  it('of bytes that the node has already is not believed', async () => {
    const chain = createFakeChain({ isAutomatic: false });
    chain.faults((attempt) => (attempt === 0 ? 'swallow' : 'forbid'));
    const sending = sendSigned(orderOn(chain));
    await eventually(() => expect(chain.offered.length).toBeGreaterThan(2));
    chain.mine();
    expect((await sending).status).toBe('success');
    expect(distinct(chain)).toBe(1);
  });

  it('in the block is the decoded revert', async () => {
    const chain = createFakeChain();
    chain.faults(() => 'revert');
    await expect(sendSigned(orderOn(chain))).rejects.toMatchObject({
      code: 'CHAIN_REVERTED',
      revert: 'OfferUsed',
      message: expect.stringContaining('taken or withdrawn'),
    });
  });
});

describe('200 transactions of one wallet at once', () => {
  it('each have a nonce of their own, without gaps, and no more wait than nodes keep', async () => {
    const chain = createFakeChain({ isAutomatic: false });
    const account = privateKeyToAccount(generatePrivateKey());
    const sending = Promise.all(Array.from({ length: 200 }, () => sendSigned(orderOn(chain, { account }))));
    await eventually(() => expect(chain.mostWaiting).toBe(16));
    await eventually(() => {
      chain.mine();
      expect(chain.included).toHaveLength(200);
    });
    const receipts = await sending;
    expect(new Set(receipts.map(({ transactionHash }) => transactionHash)).size).toBe(200);
    expect(chain.included.map(({ nonce }) => nonce)).toEqual(
      Array.from({ length: 200 }, (_, index) => index),
    );
    expect(chain.mostWaiting).toBe(16);
  });

  it('go through with every fifth answer lost, each once', async () => {
    const chain = createFakeChain();
    const account = privateKeyToAccount(generatePrivateKey());
    chain.faults((attempt) => (attempt % 5 === 0 ? 'swallow' : attempt % 7 === 0 ? 'drop' : 'none'));
    await Promise.all(Array.from({ length: 50 }, () => sendSigned(orderOn(chain, { account }))));
    expect(chain.included).toHaveLength(50);
    expect(distinct(chain)).toBe(50);
  });
});
