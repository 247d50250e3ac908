import type { Store } from '@bonafide/gateway';
import { expect, it } from 'vitest';

const NOW = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-02T00:00:00.000Z';

const hashOf = (byte: number) => `0x${byte.toString(16).padStart(64, '0')}`;

const transactionOf = (byte: number, change: object = {}) => ({
  ...{ transactionHash: hashOf(byte), workspace: 'a', agentId: 'agent-x', status: 'unknown' as const },
  ...{ from: '0xAb', to: '0xCd', selector: '0x12345678', nonce: 7, signedTransaction: '0x02f8' },
  ...{ createdAt: NOW, updatedAt: NOW, ...change },
});

const jobOf = (jobId: string, change: object = {}) => ({
  ...{ jobId, chainId: 1, status: 'open' as const, client: '0xAA', provider: '0xBB', evaluator: '0xEE' },
  ...{ amountUsdc: '1.5', isAccepted: false, description: 'd', expiresAt: LATER, blockNumber: '1' },
  ...{ transactionHash: hashOf(1), createdAt: NOW, updatedAt: NOW, ...change },
});

const logOf = (blockNumber: number, change: object = {}) => ({
  ...{ jobId: '1', blockNumber, blockHash: hashOf(blockNumber), logIndex: 0, log: '{"n":1}', ...change },
});

/** The part of the suite about what the gateway keeps of the chain. */
export function testChain(store: () => Store): void {
  testIndex(store);
  testJobs(store);
  testRelay(store);
}

function testIndex(store: () => Store): void {
  it('goes back in the indexed blocks, and keeps the newest and the first of all', async () => {
    const insert = (...numbers: number[]) =>
      store().commit(({ indexedBlocks }) => {
        for (const number of numbers) indexedBlocks.insert({ number, hash: hashOf(number) });
      });
    const { indexedBlocks: read } = store().read;
    expect([read.getNewest(), read.getAtOrBelow(9)]).toEqual([undefined, undefined]);
    await insert(5, 9, 10, 12);
    const block = (number: number) => ({ number, hash: hashOf(number) });
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

  it('takes each log of a block once, and lists those of a job in the order of the chain', async () => {
    const logs = [logOf(11, { logIndex: 2 }), logOf(11), logOf(9), logOf(10, { jobId: '2' })];
    const insert = () => store().commit(({ jobLogs }) => logs.map((log) => jobLogs.insert(log)));
    expect([await insert(), await insert()]).toEqual([logs.map(() => true), logs.map(() => false)]);
    const { jobLogs: read } = store().read;
    expect(read.listOfJob('1')).toEqual([logs[2], logs[1], logs[0]]);
    expect([read.listJobIdsAbove(9).toSorted(), read.listJobIdsAbove(10), read.listJobIdsAbove(11)]).toEqual([
      ...[['1', '2'], ['1'], []],
    ]);
    await store().commit((tables) => tables.jobLogs.removeAbove(10));
    expect([read.listOfJob('1'), read.listOfJob('2')]).toEqual([[logs[2]], [logs[3]]]);
  });

  it('takes the log of a block that replaced another of the same number', async () => {
    await store().commit(({ jobLogs }) => {
      jobLogs.insert(logOf(11));
      jobLogs.removeAbove(10);
      jobLogs.insert(logOf(11, { blockHash: hashOf(99) }));
    });
    expect(store().read.jobLogs.listOfJob('1')).toEqual([logOf(11, { blockHash: hashOf(99) })]);
  });
}

function testJobs(store: () => Store): void {
  it('keeps a job whole, and replaces it', async () => {
    const put = (position: number, change: object = {}) =>
      store().commit((tables) => tables.jobs.put({ job: jobOf('1', change), position }));
    await put(1);
    await put(4, { status: 'funded', score: 80, description: 'a\u0000😀' });
    const changed = jobOf('1', { status: 'funded', score: 80, description: 'a\u0000😀' });
    expect(store().read.jobs.get('1')).toEqual({ job: changed, position: 4 });
    expect(store().read.jobs.list({ status: 'open' }, { limit: 9 })).toEqual([]);
    await store().commit((tables) => tables.jobs.remove('1'));
    expect(store().read.jobs.get('1')).toBeUndefined();
  });

  it('lists jobs newest first in pages, by status and party in any case', async () => {
    const changes = [{}, { validator: '0xCC' }, { provider: '0xbd' }, { status: 'completed' }];
    await store().commit((tables) =>
      // The order is that of the chain, not that of the ids as text.
      changes.forEach((change, index) => {
        tables.jobs.put({ job: jobOf(String(index + 8), change), position: index + 1 });
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
    expect([list({ client: '0xaA' }), list({ provider: '0xBD' }), list({ validator: '0xcc' })]).toEqual([
      ...[['11', '10', '9', '8'], ['10'], ['9']],
    ]);
    expect(list({ status: 'open', provider: '0xbb' })).toEqual(['9', '8']);
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
