import { requireDeployment } from '@bonafide/contracts';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { LocalContext } from '../client/local-handlers.ts';
import type { Spendings, WalletLimits } from '../client/types.ts';
import * as chains from './chain.ts';
import { checkPayment, createSpendingMemory, guardPayment, type Payment } from './guard.ts';

const provider = `0x${'b'.repeat(40)}`;
const deployment = requireDeployment('local');
const usdc = (amount: number): bigint => BigInt(amount) * 1_000_000n;
const payment = (change: Partial<Payment> = {}): Payment => ({
  wallet: `0x${'a'.repeat(40)}`,
  to: provider,
  units: usdc(10),
  purpose: 'job 1',
  ...change,
});

let now = Date.UTC(2026, 0, 1);
let spendings: Spendings;
beforeEach(() => {
  now = Date.UTC(2026, 0, 1);
  spendings = createSpendingMemory();
  vi.spyOn(chains, 'openChain').mockResolvedValue({ deployment } as unknown as chains.Chain);
});

function contextWith(limits?: WalletLimits): LocalContext {
  return { client: {}, limits, spendings, now: () => new Date(now) } as unknown as LocalContext;
}

const exceeded = { code: 'LIMIT_EXCEEDED' };

describe('guardPayment', () => {
  it('lets everything through without limits', async () => {
    await guardPayment(contextWith(), payment({ units: 2n ** 255n }));
  });

  it('refuses one payment above its limit, to the last unit', async () => {
    const context = contextWith({ perJobUsdc: '10' });
    await guardPayment(context, payment());
    await expect(guardPayment(context, payment({ units: usdc(10) + 1n }))).rejects.toMatchObject(exceeded);
  });

  it('sums what was signed within 24 hours, whatever wallet name case', async () => {
    const context = contextWith({ perDayUsdc: '25' });
    await guardPayment(context, payment());
    await guardPayment(context, payment({ purpose: 'job 2', wallet: `0x${'A'.repeat(40)}` }));
    await expect(guardPayment(context, payment({ purpose: 'job 3' }))).rejects.toMatchObject(exceeded);
    await guardPayment(context, payment({ purpose: 'job 3', units: usdc(5) }));
    now += 86_400_000;
    await guardPayment(context, payment({ purpose: 'job 4', units: usdc(25) }));
  });

  it('counts what is signed again for the same purpose once, at its largest', async () => {
    const context = contextWith({ perDayUsdc: '25' });
    for (let times = 0; times < 5; times += 1) await guardPayment(context, payment());
    await guardPayment(context, payment({ units: usdc(15) }));
    await guardPayment(context, payment({ purpose: 'job 2' }));
    await expect(guardPayment(context, payment({ purpose: 'job 3', units: 1n }))).rejects.toMatchObject(
      exceeded,
    );
  });

  it('does not count what it refused', async () => {
    const context = contextWith({ perDayUsdc: '10' });
    await expect(guardPayment(context, payment({ units: usdc(11) }))).rejects.toMatchObject(exceeded);
    await guardPayment(context, payment());
  });

  it('decides between payments that come at once', async () => {
    const context = contextWith({ perDayUsdc: '25' });
    const asked = Array.from({ length: 5 }, (_, index) =>
      guardPayment(context, payment({ purpose: `job ${index}` })),
    );
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  });

  it('pays only who is on the list, and the contracts', async () => {
    const context = contextWith({ allowedProviders: [`0x${'B'.repeat(40)}`] });
    await guardPayment(context, payment());
    await guardPayment(context, payment({ to: deployment.disputes, purpose: 'bond of job 1' }));
    await expect(guardPayment(context, payment({ to: `0x${'c'.repeat(40)}` }))).rejects.toMatchObject(
      exceeded,
    );
    // Neither a token nor a list without names is a way around it.
    await expect(guardPayment(context, payment({ to: deployment.usdc }))).rejects.toMatchObject(exceeded);
    await expect(guardPayment(contextWith({ allowedProviders: [] }), payment())).rejects.toMatchObject(
      exceeded,
    );
  });

  it('refuses when it cannot count', async () => {
    const broken: Spendings = { add: () => Promise.reject(new Error('disk full')) };
    const context = { ...contextWith({ perDayUsdc: '25' }), spendings: broken };
    await expect(guardPayment(context, payment())).rejects.toThrow('disk full');
  });
});

it('checkPayment refuses early and counts nothing', async () => {
  const context = contextWith({ perDayUsdc: '10', perJobUsdc: '20' });
  for (let times = 0; times < 5; times += 1) await checkPayment(context, payment());
  await expect(checkPayment(context, payment({ units: usdc(11) }))).rejects.toMatchObject(exceeded);
  await guardPayment(context, payment());
});
