import type { Store } from '@bonafide/gateway';
import { expect, it } from 'vitest';

const NOW = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-02T00:00:00.000Z';
const HASH = `0x${'1'.repeat(64)}`;

const jobOf = (jobId: string, change: object = {}) => ({
  ...{ jobId, chainId: 1, status: 'open' as const, client: '0xAA', provider: '0xBB', evaluator: '0xEE' },
  ...{ amountUsdc: '1.5', evaluatorFeeUsdc: '0', isAccepted: false, description: 'd', expiresAt: LATER },
  ...{ scores: [], isDisputed: false, blockNumber: '1', transactionHash: HASH },
  ...{ createdAt: NOW, updatedAt: NOW, ...change },
});

const storedJob = (jobId: string, position: number, change: object = {}) => ({
  ...{ job: jobOf(jobId, change), position, feedback: [] },
  accounts: { client: ['0xaa'], provider: ['0xbb'] },
});

const storedDispute = (jobId: string, position: number, change: object = {}) => ({
  dispute: {
    ...{ jobId, stage: 'evidence' as const, opener: '0xBB', openedBy: 'provider' as const, percent: 0 },
    ...{ bondUsdc: '1', isAnswered: false, isSeeded: false, assignments: 0, evidence: [], revalidations: [] },
    ...{ blockNumber: '1', transactionHash: HASH, openedAt: NOW, updatedAt: NOW, ...change },
  },
  ...{ position, client: '0xAA', provider: '0xBB' },
});

/** The part of the suite about jobs, their disputes and consents. */
export function testJobs(store: () => Store): void {
  testListing(store);
  testDisputes(store);
}

function testListing(store: () => Store): void {
  it('keeps a job whole, and replaces it', async () => {
    const put = (position: number, change: object = {}) =>
      store().commit((tables) => tables.jobs.put(storedJob('1', position, change), []));
    await put(1);
    await put(4, { status: 'funded', score: 80, description: 'a\u0000😀' });
    const changed = storedJob('1', 4, { status: 'funded', score: 80, description: 'a\u0000😀' });
    expect(store().read.jobs.get('1')).toEqual(changed);
    expect(store().read.jobs.list({ status: 'open' }, { limit: 9 })).toEqual([]);
    await store().commit((tables) => tables.jobs.remove('1'));
    expect(store().read.jobs.get('1')).toBeUndefined();
    expect(store().read.jobs.list({ judge: '0xcc' }, { limit: 9 })).toEqual([]);
  });

  it('lists jobs newest first in pages, by every filter, addresses in any case', async () => {
    const changes = [
      ...[{ createdAt: '2025-12-31T23:59:59.999Z' }, { templateId: 7 }, { provider: '0xbd' }],
      { status: 'completed', isDisputed: true, createdAt: LATER },
    ];
    await store().commit((tables) =>
      // The order is that of the chain, not that of the ids as text.
      changes.forEach((change, index) => {
        const judges = index === 1 ? ['0xCC', '0xcc', '0xDD'] : [];
        tables.jobs.put(storedJob(String(index + 8), index + 1, change), judges);
      }),
    );
    const list = (query: object, page: object = {}) =>
      store()
        .read.jobs.list(query, { limit: 9, ...page })
        .map(({ job }) => job.jobId);
    expect([list({}, { limit: 2 }), list({}, { limit: 2, before: 3 })]).toEqual([
      ['11', '10'],
      ['9', '8'],
    ]);
    expect([list({ client: '0xaA' }), list({ provider: '0xBD' })]).toEqual([['11', '10', '9', '8'], ['10']]);
    expect([list({ judge: '0xCc' }), list({ judge: '0xdd' }), list({ judge: '0xee' })]).toEqual([
      ...[['9'], ['9'], []],
    ]);
    expect(list({ status: 'open', provider: '0xbb' })).toEqual(['9', '8']);
    expect([list({ templateId: 7 }), list({ isDisputed: true }), list({ isDisputed: false })]).toEqual([
      ...[['9'], ['11'], ['10', '9', '8']],
    ]);
    expect([list({ createdAfter: NOW }), list({ createdBefore: NOW })]).toEqual([['11'], ['8']]);
    await store().commit((tables) => tables.jobs.put(storedJob('9', 2), ['0xEE']));
    expect([list({ judge: '0xcc' }), list({ judge: '0xee' })]).toEqual([[], ['9']]);
  });
}

function testDisputes(store: () => Store): void {
  it('lists disputes newest first by stage, party and arbitrator, and counts those that wait', async () => {
    const changes = [{}, { stage: 'ruling', arbitrator: '0xA1' }, { stage: 'closed', arbitrator: '0xA1' }];
    await store().commit(({ disputes }) => {
      for (const [index, change] of changes.entries())
        disputes.put(storedDispute(String(index + 1), index + 1, change));
    });
    const { disputes: read } = store().read;
    const list = (query: object, page: object = {}) =>
      read.list(query, { limit: 9, ...page }).map(({ dispute }) => dispute.jobId);
    expect([list({}), list({}, { before: 3, limit: 1 })]).toEqual([['3', '2', '1'], ['2']]);
    expect([list({ stage: 'evidence' }), list({ arbitrator: '0xa1' })]).toEqual([['1'], ['3', '2']]);
    expect([list({ party: '0xaa' }), list({ party: '0xBB' }), list({ party: '0xcc' })]).toEqual([
      ...[['3', '2', '1'], ['3', '2', '1'], []],
    ]);
    expect([read.getOpenCountOf('0xA1'), read.getOpenCountOf('0xA2')]).toEqual([1, 0]);
    await store().commit(({ disputes }) => {
      disputes.put(storedDispute('2', 2, { stage: 'evidence' }));
      disputes.remove('3');
    });
    expect([read.getOpenCountOf('0xA1'), read.get('3')]).toEqual([0, undefined]);
    expect(read.get('2')).toEqual(storedDispute('2', 2, { stage: 'evidence' }));
  });

  it('keeps one consent of a kind and signer, the newest, for as long as it is valid', async () => {
    const consentOf = (change: object = {}) => ({
      ...{ kind: 'cancellation' as const, jobId: '1', signer: '0xAb', validUntil: LATER, signature: '0x01' },
      ...{ providerAmountUsdc: '1', ...change },
    });
    const other = { ...consentOf({ signer: '0xCd' }), signature: '0x02' };
    const extension = {
      ...{ kind: 'extension' as const, jobId: '1', signer: '0xAb', validUntil: NOW, signature: '0x03' },
      expiresAt: LATER,
    };
    const newer = consentOf({ signer: '0xaB', providerAmountUsdc: '2' });
    await store().commit(({ consents }) => {
      for (const each of [consentOf(), newer, other, extension, consentOf({ jobId: '2' })])
        consents.put(each);
    });
    const list = (now: string) => store().read.consents.listOfJob('1', now);
    expect(list('2025-01-01T00:00:00.000Z')).toHaveLength(3);
    expect(list(NOW)).toEqual([newer, other]);
    expect(list(LATER)).toEqual([]);
    await store().commit(({ consents }) => consents.prune(NOW));
    expect(list('2025-01-01T00:00:00.000Z')).toEqual([newer, other]);
    await store().commit(({ consents }) => consents.removeOfJob('1'));
    expect([list(NOW), store().read.consents.listOfJob('2', NOW)]).toEqual([
      ...[[], [consentOf({ jobId: '2' })]],
    ]);
  });
}
