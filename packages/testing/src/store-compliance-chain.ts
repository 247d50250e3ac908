import type { Store } from '@bonafide/gateway';
import { expect, it } from 'vitest';
import { testJobs } from './store-compliance-jobs.ts';
import { testMarket } from './store-compliance-market.ts';

const NOW = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-02T00:00:00.000Z';

const hashOf = (byte: number) => `0x${byte.toString(16).padStart(64, '0')}`;

const transactionOf = (byte: number, change: object = {}) => ({
  ...{ transactionHash: hashOf(byte), workspace: 'a', agentId: 'agent-x', status: 'unknown' as const },
  ...{ from: '0xAb', to: '0xCd', selector: '0x12345678', nonce: 7, signedTransaction: '0x02f8' },
  ...{ createdAt: NOW, updatedAt: NOW, ...change },
});

const logOf = (blockNumber: number, logIndex: number, change: object = {}) => ({
  ...{ blockNumber, logIndex, day: '2026-01-01', subjects: ['job:1'], log: `${blockNumber}/${logIndex}` },
  ...change,
});

/** The part of the suite about what the gateway keeps of the chain. */
export function testChain(store: () => Store): void {
  testIndex(store);
  testLogs(store);
  testJobs(store);
  testMarket(store);
  testRelay(store);
}

function testIndex(store: () => Store): void {
  it('goes back in the indexed blocks, and keeps the newest and the first of all', async () => {
    const insert = (...numbers: number[]) =>
      store().commit(({ indexedBlocks }) => {
        for (const number of numbers) indexedBlocks.insert({ number, hash: hashOf(number), time: NOW });
      });
    const { indexedBlocks: read } = store().read;
    expect([read.getNewest(), read.getAtOrBelow(9)]).toEqual([undefined, undefined]);
    await insert(5, 9, 10, 12);
    const block = (number: number) => ({ number, hash: hashOf(number), time: NOW });
    expect([read.getNewest(), read.getAtOrBelow(11), read.getAtOrBelow(9), read.getAtOrBelow(4)]).toEqual([
      ...[block(12), block(10), block(9), undefined],
    ]);
    await store().commit((tables) => tables.indexedBlocks.prune(2));
    expect([read.getAtOrBelow(11), read.getAtOrBelow(9)]).toEqual([block(10), block(5)]);
    await store().commit((tables) => tables.indexedBlocks.removeAbove(10));
    expect(read.getNewest()).toEqual(block(10));
    await expect(insert(10)).rejects.toThrow();
  });

  it('remembers one source of the index, the last one set', async () => {
    expect(store().read.indexedBlocks.getSource()).toBeUndefined();
    for (const source of ['one', 'two'])
      await store().commit((tables) => tables.indexedBlocks.setSource(source));
    expect(store().read.indexedBlocks.getSource()).toBe('two');
  });
}

function testLogs(store: () => Store): void {
  it('takes each log once, and lists those of a subject in the order of the chain', async () => {
    const logs = [
      ...[logOf(11, 2), logOf(11, 0, { subjects: ['job:1', 'arbitrator:0xaa'] }), logOf(9, 0)],
      logOf(10, 0, { subjects: ['job:2'], day: '2026-01-02' }),
    ];
    const insert = () => store().commit(({ chainLogs }) => logs.map((log) => chainLogs.insert(log)));
    expect([await insert(), await insert()]).toEqual([logs.map(() => true), logs.map(() => false)]);
    const { chainLogs: read } = store().read;
    expect(read.listOf('job:1')).toEqual(['9/0', '11/0', '11/2']);
    expect(read.listOf('arbitrator:0xaa')).toEqual(['11/0']);
    expect(read.listOf('job:1', { limit: 2 })).toEqual(['9/0', '11/0']);
    const after = { blockNumber: 11, logIndex: 0 };
    expect(read.listOf('job:1', { after, limit: 9 })).toEqual(['11/2']);
    expect(read.listOf('job:3')).toEqual([]);
    expect(read.listAbove(10).map(({ log }) => log)).toEqual(['11/0', '11/2']);
    expect(read.listAbove(9)[0]).toEqual({ day: '2026-01-02', log: '10/0' });
  });

  it('forgets the logs above a block, after saying what they were about', async () => {
    await store().commit(({ chainLogs }) => {
      chainLogs.insert(logOf(9, 0));
      chainLogs.insert(logOf(10, 0, { subjects: ['job:2'], day: '2026-01-02' }));
      chainLogs.insert(logOf(11, 0, { subjects: ['job:1', 'clock:'], day: '2026-01-03' }));
    });
    const { chainLogs: read } = store().read;
    expect([read.listSubjectsAbove(9).toSorted(), read.listSubjectsAbove(11)]).toEqual([
      ...[['clock:', 'job:1', 'job:2'], []],
    ]);
    await store().commit((tables) => {
      tables.chainLogs.removeAbove(9);
      // Another log took its place.
      tables.chainLogs.insert(logOf(10, 0, { log: 'new' }));
    });
    expect([read.listOf('job:1'), read.listOf('job:2'), read.listOf('clock:')]).toEqual([
      ...[['9/0', 'new'], [], []],
    ]);
  });

  it('keeps pauses in order, and changes the end of one', async () => {
    await store().commit(({ pauses }) => {
      pauses.put({ startedAt: 200, endedAt: 300 });
      pauses.put({ startedAt: 10, endedAt: 20 });
      pauses.put({ startedAt: 200, endedAt: 250 });
    });
    expect(store().read.pauses.list()).toEqual([
      { startedAt: 10, endedAt: 20 },
      { startedAt: 200, endedAt: 250 },
    ]);
    await store().commit(({ pauses }) => pauses.clear());
    expect(store().read.pauses.list()).toEqual([]);
  });
}

function testRelay(store: () => Store): void {
  const { finish, insert } = relayOf(store);

  it('takes a transaction once, in whatever workspace, and finds it by its hash', async () => {
    const first = transactionOf(1);
    expect([await insert(first), await insert({ ...first, workspace: 'b' })]).toEqual([true, false]);
    expect(store().read.relayed.getAnywhere(first.transactionHash)).toEqual(first);
    expect(store().read.relayed.getAnywhere(hashOf(2))).toBeUndefined();
  });

  it('ends a transaction once, and takes back only one that has not ended', async () => {
    await insert(transactionOf(1));
    await insert(transactionOf(2));
    const outcome = { blockNumber: '12', updatedAt: LATER };
    expect([
      await finish({ ...outcome, transactionHash: hashOf(1), status: 'reverted', revert: 'No' }),
      await finish({ ...outcome, transactionHash: hashOf(1), status: 'included' }),
      await finish({ ...outcome, transactionHash: hashOf(3), status: 'included' }),
    ]).toEqual([true, false, false]);
    await store().commit(({ relayed }) => [1, 2].map((byte) => relayed.remove(hashOf(byte))));
    expect(store().read.relayed.getAnywhere(hashOf(1))).toEqual(
      transactionOf(1, { ...outcome, status: 'reverted', revert: 'No' }),
    );
    expect(store().read.relayed.getAnywhere(hashOf(2))).toBeUndefined();
  });

  it('lists unknown ones oldest first in pages, also those of one moment', async () => {
    for (const [byte, createdAt] of [
      [3, NOW],
      [1, LATER],
      [2, NOW],
      [4, NOW],
    ] as const)
      await insert(transactionOf(byte, { createdAt }));
    await finish({ transactionHash: hashOf(4), status: 'included', blockNumber: '1', updatedAt: NOW });
    const { relayed: read } = store().read;
    const first = read.listUnknown({ limit: 2 });
    const second = read.listUnknown({ limit: 2, after: first.at(-1) });
    expect([...first, ...second].map(({ transactionHash }) => transactionHash)).toEqual(
      [2, 3, 1].map(hashOf),
    );
  });

  it('makes those above a block unknown again, and not one that another transaction replaced', async () => {
    for (const byte of [1, 2, 3]) await insert(transactionOf(byte));
    await finish({ transactionHash: hashOf(1), status: 'included', blockNumber: '9', updatedAt: NOW });
    await finish({ transactionHash: hashOf(2), status: 'included', blockNumber: '10', updatedAt: NOW });
    await finish({ transactionHash: hashOf(3), status: 'reverted', revert: 'Replaced', updatedAt: NOW });
    expect(store().read.relayed.getNewestBlockOf('agent-x')).toBe(10);
    await store().commit(({ relayed }) => relayed.reopenAbove(9, LATER));
    expect(store().read.relayed.getNewestBlockOf('agent-x')).toBe(9);
    expect(store().read.relayed.getNewestBlockOf('agent-y')).toBeUndefined();
    expect(store().read.relayed.listUnknown({ limit: 9 })).toEqual([transactionOf(2, { updatedAt: LATER })]);
  });
}

function relayOf(store: () => Store) {
  type Relayed = Parameters<Parameters<Store['commit']>[0]>[0]['relayed'];
  return {
    insert: (row: Parameters<Relayed['insert']>[0]) => store().commit(({ relayed }) => relayed.insert(row)),
    finish: (outcome: Parameters<Relayed['finish']>[0]) =>
      store().commit(({ relayed }) => relayed.finish(outcome)),
  };
}
