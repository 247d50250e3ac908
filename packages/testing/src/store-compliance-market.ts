import type { Store } from '@bonafide/gateway';
import { expect, it } from 'vitest';

const NOW = '2026-01-01T00:00:00.000Z';
const HASH = `0x${'1'.repeat(64)}`;

const arbitratorOf = (address: string, position: number, change: object = {}) => ({
  arbitrator: {
    ...{ address, status: 'active' as const, stakeUsdc: '100', since: NOW, ruled: 0, missed: 0 },
    ...{ earnedUsdc: '0', ...change },
  },
  position,
});

const rules = {
  ...{ validators: ['0xVA'], requiredPasses: 1, threshold: 70, validatorFeeUsdc: '0' },
  ...{ validationSeconds: 60, silencePercent: 50 },
};

const templateOf = (templateId: number, change: object = {}, isUsable = true) => ({
  template: {
    ...{ templateId, creator: '0xCr', name: 'n', metadataUri: '', feeBps: 0, isActive: true, rules },
    ...{ blockNumber: '1', transactionHash: HASH, createdAt: NOW, updatedAt: NOW, ...change },
  },
  isUsable,
});

const feedbackOf = (jobId: string, position: number, change: object = {}) => ({
  feedback: {
    ...{ chainAgentId: '5', jobId, about: 'provider' as const, value: 80, amountUsdc: '1' },
    ...{ isSelfDealt: false, isWritten: true, transactionHash: HASH, at: NOW, ...change },
  },
  ...{ position, isCompleted: true },
});

const figures = {
  ...{ created: 1, funded: 0, completed: 0, rejected: 0, expired: 0, disputed: 0 },
  ...{ fundedUnits: String(2n ** 96n), paidUnits: '0', refundedUnits: '0', feesUnits: '0' },
};

/** The part of the suite about what surrounds jobs. */
export function testMarket(store: () => Store): void {
  testOffers(store);
  testFigures(store);
}

function testOffers(store: () => Store): void {
  it('lists arbitrators newest first by status, and the stakes of those who sit', async () => {
    await store().commit(({ arbitrators }) => {
      arbitrators.put(arbitratorOf('0xA1', 1));
      arbitrators.put(arbitratorOf('0xA2', 2, { status: 'left', stakeUsdc: '0' }));
      arbitrators.put(arbitratorOf('0xA3', 3, { stakeUsdc: '79228162514264337593543.950335' }));
    });
    const { arbitrators: read } = store().read;
    const list = (query: object, page: object = {}) =>
      read.list(query, { limit: 9, ...page }).map(({ arbitrator }) => arbitrator.address);
    expect([list({}), list({}, { before: 3, limit: 1 }), list({ status: 'active' })]).toEqual([
      ...[['0xA3', '0xA2', '0xA1'], ['0xA2'], ['0xA3', '0xA1']],
    ]);
    expect(read.listStakes().toSorted()).toEqual(['100', '79228162514264337593543.950335']);
    expect(read.get('0Xa1'.toLowerCase())).toEqual(arbitratorOf('0xA1', 1));
    await store().commit(({ arbitrators }) => arbitrators.remove('0xa1'));
    expect(read.get('0xA1')).toBeUndefined();
  });

  it('lists usable templates newest first by creator and state, and keeps the others', async () => {
    await store().commit(({ templates }) => {
      templates.put(templateOf(9));
      templates.put(templateOf(10, { creator: '0xDD', isActive: false }));
      templates.put(templateOf(11, {}, false));
    });
    const { templates: read } = store().read;
    const list = (query: object, page: object = {}) =>
      read.list(query, { limit: 9, ...page }).map(({ template }) => template.templateId);
    expect([list({}), list({}, { before: 10 }), list({ creator: '0xdd' })]).toEqual([[10, 9], [9], [10]]);
    expect([list({ isActive: true }), list({ isActive: false })]).toEqual([[9], [10]]);
    expect([read.get(11), read.getCount()]).toEqual([templateOf(11, {}, false), 3]);
    await store().commit(({ templates }) => templates.remove(11));
    expect([read.get(11), read.getCount()]).toEqual([undefined, 2]);
  });
}

function testFigures(store: () => Store): void {
  it('sums feedback up plain and by amount, self-dealt apart, and replaces that of a job', async () => {
    const { chainFeedback: read } = store().read;
    const none = { settled: 0, completed: 0, rejected: 0, selfDealt: 0 };
    expect(read.getSummary('5', 'provider')).toEqual({
      ...none,
      average: undefined,
      weightedAverage: undefined,
    });
    const asClient = feedbackOf('1', 2, { about: 'client', chainAgentId: '6' });
    await store().commit(({ chainFeedback }) => {
      chainFeedback.replaceOfJob('1', [feedbackOf('1', 1), asClient]);
      chainFeedback.replaceOfJob('2', [
        { ...feedbackOf('2', 3, { value: 20, amountUsdc: '3' }), isCompleted: false },
      ]);
      chainFeedback.replaceOfJob('3', [feedbackOf('3', 4, { value: 100, isSelfDealt: true })]);
    });
    expect(read.getSummary('5', 'provider')).toEqual({
      ...{ settled: 2, completed: 1, rejected: 1, selfDealt: 1, average: 50, weightedAverage: 35 },
    });
    expect(read.getSummary('6', 'client')).toMatchObject({ settled: 1, average: 80 });
    expect(read.getSummary('6', 'provider')).toMatchObject({ settled: 0 });
    const ids = (page: object) => read.list('5', { limit: 9, ...page }).map(({ feedback }) => feedback.jobId);
    expect([ids({}), ids({ before: 4, limit: 1 })]).toEqual([['3', '2', '1'], ['2']]);
    await store().commit(({ chainFeedback }) => chainFeedback.replaceOfJob('1', []));
    expect([ids({}), read.list('6', { limit: 9 })]).toEqual([['3', '2'], []]);
  });

  it('weighs nothing by amounts of nothing', async () => {
    await store().commit(({ chainFeedback }) =>
      chainFeedback.replaceOfJob('1', [feedbackOf('1', 1, { amountUsdc: '0' })]),
    );
    const summary = store().read.chainFeedback.getSummary('5', 'provider');
    expect(summary).toMatchObject({ average: 80, weightedAverage: undefined });
  });

  it('keeps the figures of days, exact, and forgets one or all', async () => {
    await store().commit(({ days }) => {
      for (const day of ['2026-01-03', '2026-01-01', '2026-01-02']) days.put({ day, figures });
      days.put({ day: '2026-01-02', figures: { ...figures, created: 2 } });
    });
    const { days: read } = store().read;
    expect(read.list({}).map(({ day }) => day)).toEqual(['2026-01-01', '2026-01-02', '2026-01-03']);
    expect(read.list({ from: '2026-01-02', to: '2026-01-02' })).toEqual([
      { day: '2026-01-02', figures: { ...figures, created: 2 } },
    ]);
    await store().commit(({ days }) => days.remove('2026-01-02'));
    expect([read.get('2026-01-01')?.figures, read.get('2026-01-02')]).toEqual([figures, undefined]);
    await store().commit(({ days }) => days.clear());
    expect(read.list({})).toEqual([]);
  });
}
