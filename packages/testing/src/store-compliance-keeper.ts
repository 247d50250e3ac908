import type { Store } from '@bonafide/gateway';
import { expect, it } from 'vitest';

const settle = { jobId: '7', kind: 'settle', dueAt: 100 } as const;
const refund = { jobId: '7', kind: 'claimRefund', dueAt: 200 } as const;
const entropy = { jobId: '8', kind: 'captureEntropy', dueAt: 150 } as const;

/** The part of the suite about what keepers share. */
export function testKeeper(store: () => Store): void {
  testDueCalls(store);
  testSpending(store);
}

function testDueCalls(store: () => Store): void {
  const put = () =>
    store().commit(({ dueCalls }) => {
      dueCalls.replaceOfJob('7', [settle, refund]);
      dueCalls.replaceOfJob('8', [entropy]);
    });
  const kindsAt = (clock: number, nowMs = 0) =>
    store()
      .read.dueCalls.listDue({ clock, nowMs }, 10)
      .map(({ kind }) => kind);

  it('lists calls from the second on in which they are due, entropy first', async () => {
    await put();
    expect([kindsAt(99), kindsAt(100), kindsAt(199)]).toEqual([[], ['settle'], ['captureEntropy', 'settle']]);
    expect(store().read.dueCalls.listDue({ clock: 999, nowMs: 0 }, 1)).toEqual([{ ...entropy, attempts: 0 }]);
  });

  it('lets one of two claim a call, and another when its lease is over', async () => {
    await put();
    const claim = (nowMs: number) =>
      store().commit(({ dueCalls }) => dueCalls.claim(settle, { nowMs, untilMs: nowMs + 10 }));
    expect(await Promise.all([claim(5), claim(5)])).toEqual([true, false]);
    expect([kindsAt(100, 14), kindsAt(100, 15)]).toEqual([[], ['settle']]);
    expect(await claim(14)).toBe(false);
    expect(await claim(15)).toBe(true);
  });

  it('does not let anybody claim what is gone', async () => {
    const lease = { nowMs: 1, untilMs: 2 };
    expect(await store().commit(({ dueCalls }) => dueCalls.claim(settle, lease))).toBe(false);
  });

  it('keeps a call put off while it is the same, and forgets that when its time changes', async () => {
    await put();
    await store().commit(({ dueCalls }) => dueCalls.putOff(settle, { untilMs: 50, attempts: 3 }));
    await put();
    expect(kindsAt(100, 49)).toEqual([]);
    expect(store().read.dueCalls.listDue({ clock: 100, nowMs: 50 }, 1)).toEqual([{ ...settle, attempts: 3 }]);
    await store().commit(({ dueCalls }) => {
      dueCalls.replaceOfJob('7', [{ ...settle, dueAt: 90 }]);
      // Whoever was still at the earlier one says nothing about this one.
      dueCalls.putOff(settle, { untilMs: 999, attempts: 9 });
      expect(dueCalls.claim(settle, { nowMs: 60, untilMs: 999 })).toBe(false);
    });
    expect(store().read.dueCalls.listDue({ clock: 999, nowMs: 0 }, 9)).toEqual([
      { ...entropy, attempts: 0 },
      { ...settle, dueAt: 90, attempts: 0 },
    ]);
  });
}

function testSpending(store: () => Store): void {
  it('keeps what was spent exactly, by day and account, until the day is pruned', async () => {
    const wei = 2n ** 200n;
    await store().commit(({ keeperSpending }) => {
      keeperSpending.set({ day: '2026-01-01', account: '0xa', wei: 1n });
      keeperSpending.set({ day: '2026-01-01', account: '0xa', wei });
      keeperSpending.set({ day: '2026-01-02', account: '0xb', wei: 7n });
    });
    const spent = (day: string, account: string) => store().read.keeperSpending.get(day, account);
    expect([spent('2026-01-01', '0xa'), spent('2026-01-01', '0xb'), spent('2026-01-02', '0xb')]).toEqual([
      wei,
      0n,
      7n,
    ]);
    await store().commit(({ keeperSpending }) => keeperSpending.prune('2026-01-02'));
    expect([spent('2026-01-01', '0xa'), spent('2026-01-02', '0xb')]).toEqual([0n, 7n]);
  });
}
