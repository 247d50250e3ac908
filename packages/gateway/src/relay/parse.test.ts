import fc from 'fast-check';
import { keccak256, toHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { parseSignedTransaction } from './parse.ts';

const account = privateKeyToAccount(keccak256(toHex('a test')));
const wei = fc.bigInt({ min: 1n, max: 10n ** 15n });
const fields = fc.record({
  nonce: fc.nat(),
  gas: wei,
  data: fc.uint8Array({ maxLength: 200 }).map((bytes) => toHex(bytes)),
});
const pricing = fc.oneof(
  wei.map((price) => ({ type: 'eip1559', maxFeePerGas: price, maxPriorityFeePerGas: price }) as const),
  wei.map((gasPrice) => ({ type: 'eip2930', gasPrice, accessList: [] }) as const),
  wei.map((gasPrice) => ({ type: 'legacy', gasPrice }) as const),
);

const sign = (transaction: object): Promise<`0x${string}`> =>
  account.signTransaction({ chainId: 31_337, to: account.address, ...transaction } as never);

describe('parseSignedTransaction', () => {
  it('reads back what was signed, and by whom', async () => {
    await fc.assert(
      fc.asyncProperty(fields, pricing, async (transaction, price) => {
        const bytes = await sign({ ...transaction, ...price });
        const parsed = await parseSignedTransaction(bytes);
        expect(parsed).toMatchObject({
          ...transaction,
          hash: keccak256(bytes),
          from: account.address,
          chainId: 31_337,
        });
        expect(parsed.maxFeePerGas).toBe('gasPrice' in price ? price.gasPrice : price.maxFeePerGas);
      }),
      { numRuns: 50 },
    );
  });

  it('never takes changed bytes for the same sender and never throws anything but a validation error', async () => {
    const bytes = await sign({ type: 'eip1559', nonce: 1, gas: 21_000n, maxFeePerGas: 5n });
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 3), fc.integer({ min: 1, max: 15 }), async (at, flip) => {
        const digit = (Number.parseInt(bytes.charAt(at + 2), 16) ^ flip).toString(16);
        const changed = bytes.slice(0, at + 2) + digit + bytes.slice(at + 3);
        const outcome = await parseSignedTransaction(changed).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toMatchObject({ code: 'VALIDATION_FAILED' });
        else expect(outcome).not.toMatchObject({ from: account.address });
      }),
      { numRuns: 300 },
    );
  });
});
