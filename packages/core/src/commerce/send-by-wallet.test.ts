import { describe, expect, it } from 'vitest';
import { BonafideError } from '../errors.ts';
import { sendByWallet } from './send-by-wallet.ts';

type Order = Parameters<typeof sendByWallet>[0];
type Waiting = { onReplaced: (seen: { reason: string }) => void };

const hash = `0x${'1'.repeat(64)}`;
const receipt = { status: 'success', transactionHash: `0x${'2'.repeat(64)}`, logs: [] };

function orderWith(change: {
  readonly send?: () => Promise<unknown>;
  readonly wait?: (waiting: Waiting) => Promise<unknown>;
}): Order {
  const { send = async () => hash, wait = async () => receipt } = change;
  return {
    chain: { deployment: { chainId: 1 }, node: { waitForTransactionReceipt: wait } },
    account: { address: `0x${'a'.repeat(40)}`, sendTransaction: send },
    call: { to: hash, data: '0x' },
    doing: 'fund()',
  } as unknown as Order;
}

describe('a transaction that a wallet sends itself', () => {
  it('ends with its receipt, also when it was sent again for more gas', async () => {
    expect(await sendByWallet(orderWith({}))).toBe(receipt);
    const wait = async ({ onReplaced }: Waiting) => {
      onReplaced({ reason: 'repriced' });
      return receipt;
    };
    expect(await sendByWallet(orderWith({ wait }))).toBe(receipt);
  });

  it.each(['cancelled', 'replaced'])('that was %s in the wallet did not happen', async (reason) => {
    const wait = async ({ onReplaced }: Waiting) => {
      onReplaced({ reason });
      return receipt;
    };
    await expect(sendByWallet(orderWith({ wait }))).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { reason: 'REPLACED' },
    });
  });

  it('that reverted in its block says so', async () => {
    const wait = async () => ({ ...receipt, status: 'reverted' });
    await expect(sendByWallet(orderWith({ wait }))).rejects.toMatchObject({ code: 'CHAIN_REVERTED' });
  });

  it('that no block has in time is unknown, with its hash', async () => {
    const wait = () => Promise.reject(new Error('timed out'));
    await expect(sendByWallet(orderWith({ wait }))).rejects.toMatchObject({
      code: 'TIMEOUT',
      details: { transactionHash: hash },
    });
  });

  it('whose wallet fails without a word may have been sent', async () => {
    const send = () => Promise.reject(new Error('disconnected'));
    await expect(sendByWallet(orderWith({ send }))).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  it('that its owner refused was not sent', async () => {
    const send = () => Promise.reject(new BonafideError('DENIED', 'No.'));
    await expect(sendByWallet(orderWith({ send }))).rejects.toMatchObject({ code: 'DENIED' });
  });
});
