import type { Store } from '@bonafide/gateway';
import { expect, it } from 'vitest';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

const taskOf = (taskId: string, change: object = {}) => ({
  ...{ taskId, workspace: 'a', taskType: 'resize', mode: 'pool' as const, queue: 'q', target: 'tb::a::w' },
  ...{ payload: { n: 1 } as never, metadata: { trace: 'x' }, priority: 50, createdBy: 'ag::a::boss::x' },
  ...{ createdByActor: 'agent:boss', maxAttempts: 5, initialBackoffMs: 1000, maxBackoffMs: 60_000 },
  ...{ status: 'pending' as const, attempt: 0, attemptsBefore: 0, createdAt: at(0), updatedAt: at(0) },
  ...change,
});

const running = (change: object = {}) => ({
  ...{ status: 'running' as const, attempt: 1, assignedTo: 'ag::a::w::1', leaseExpiresAt: at(5) },
  ...change,
});
const pending = { status: 'pending', attempt: 0 } as const;
const key = { workspace: 'a', id: 't1' };

const insert = (store: Store, ...tasks: ReturnType<typeof taskOf>[]) =>
  store.commit((tables) => {
    for (const task of tasks) tables.tasks.insert(task);
  });

/** The part of the suite about tasks. */
export function testTasks(store: () => Store): void {
  testRows(store);
  testListing(store);
  testQueues(store);
  testLeases(store);
}

function testRows(store: () => Store): void {
  it('keeps all of a task, whatever the size of its payload', async () => {
    const large = taskOf('t2', {
      ...{
        payload: 'x'.repeat(100_000),
        onBehalfOf: 'uu::ada',
        launchParameters: { cpu: 2 },
        notify: 'uu::ada',
      },
      ...running({ sessionId: 's', gatewayId: 'g', progress: { fraction: 0.5 }, result: null, error: 'e' }),
      ...{ notBefore: at(1), finishedAt: at(2) },
    });
    const bare = taskOf('t3');
    Reflect.deleteProperty(bare, 'payload');
    Reflect.deleteProperty(bare, 'target');
    await insert(store(), taskOf('t1'), large, bare);
    const { tasks } = store().read;
    expect(['t1', 't2', 't3'].map((id) => tasks.get({ workspace: 'a', id }))).toEqual([
      taskOf('t1'),
      large,
      bare,
    ]);
    expect(tasks.get({ workspace: 'b', id: 't1' })).toBeUndefined();
  });

  it('changes a task only while it is as it was read, and only where it belongs', async () => {
    await insert(store(), taskOf('t1'));
    const change = taskOf('t1', running());
    const write = (task: typeof change, fence: { status: 'pending' | 'running'; attempt: number }) =>
      store().commit(({ tasks }) => tasks.update(task, fence));
    expect(await write({ ...change, workspace: 'b' }, pending)).toBe(false);
    expect(await write(change, { status: 'running', attempt: 0 })).toBe(false);
    expect(await write(change, { status: 'pending', attempt: 1 })).toBe(false);
    expect(store().read.tasks.get(key)).toEqual(taskOf('t1'));
    expect(await write(change, pending)).toBe(true);
    expect(await write(change, pending)).toBe(false);
    expect(store().read.tasks.get(key)).toEqual(change);
  });

  it('counts what is open in each workspace, also when a change is undone', async () => {
    await insert(store(), taskOf('t1'), taskOf('t2'), taskOf('x1', { workspace: 'b' }));
    const done = taskOf('t1', { status: 'completed', attempt: 1, finishedAt: at(1) });
    await store().commit(({ tasks }) => tasks.update(done, pending));
    const undone = store().commit(({ tasks }) => {
      tasks.insert(taskOf('t9'));
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    expect(['a', 'b', 'c'].map((name) => store().read.tasks.getOpenCount(name))).toEqual([1, 1, 0]);
    await store().commit(({ tasks }) =>
      tasks.update(taskOf('t1', { attempt: 1 }), { status: 'completed', attempt: 1 }),
    );
    expect(store().read.tasks.getOpenCount('a')).toBe(2);
  });
}

function testListing(store: () => Store): void {
  it('lists tasks newest first, by state, type, creator, worker and whom they concern', async () => {
    await insert(
      store(),
      ...[taskOf('t1'), taskOf('t3', { taskType: 'crop' }), taskOf('x1', { workspace: 'b' })],
      taskOf('t2', { ...running(), createdBy: 'us::ada::http', createdByActor: 'member:ada' }),
    );
    const ids = (query: object, page = {}) =>
      store()
        .read.tasks.list({ workspace: 'a', ...query }, { limit: 10, ...page })
        .map(({ taskId }) => taskId);
    expect(ids({})).toEqual(['t3', 't2', 't1']);
    expect(ids({}, { before: 't3', limit: 1 })).toEqual(['t2']);
    expect(ids({ status: 'running' })).toEqual(['t2']);
    expect(ids({ taskType: 'crop' })).toEqual(['t3']);
    expect(ids({ createdBy: 'us::ada::http' })).toEqual(['t2']);
    expect(ids({ assignedTo: 'ag::a::w::1' })).toEqual(['t2']);
    const party = (name: string, actor = '-') => ids({ party: { name, actor } });
    expect(party('ag::a::boss::x')).toEqual(['t3', 't1']);
    expect(party('ag::a::other::x', 'member:ada')).toEqual(['t2']);
    expect(party('ag::a::w::1')).toEqual(['t2']);
    expect(party('ag::a::nobody::x')).toEqual([]);
  });

  it('removes tasks that ended long ago, failed ones later', async () => {
    const over = (taskId: string, status: string, minute: number) =>
      taskOf(taskId, { status, finishedAt: at(minute) });
    const large = { payload: 'x'.repeat(10_000) as never };
    await insert(
      store(),
      ...[over('t1', 'completed', 1), over('t2', 'completed', 9), over('t3', 'cancelled', 1)],
      ...[
        over('t4', 'failed', 1),
        over('t5', 'dead', 5),
        { ...over('t6', 'completed', 1), ...large },
        taskOf('t7'),
      ],
    );
    await store().commit(({ tasks }) => tasks.prune({ finishedBefore: at(5), failedBefore: at(3) }));
    const left = store().read.tasks.list({ workspace: 'a' }, { limit: 10 });
    expect(left.map(({ taskId }) => taskId)).toEqual(['t7', 't5', 't2']);
  });
}

function testQueues(store: () => Store): void {
  it('lists what is claimable by urgency, then age, each queue apart', async () => {
    await insert(
      store(),
      ...[taskOf('t1'), taskOf('t2', { priority: 90 }), taskOf('t3', { priority: 90, taskType: 'crop' })],
      ...[
        taskOf('t4', { notBefore: at(9), priority: 99 }),
        taskOf('t5', running()),
        taskOf('t6', { queue: 'r' }),
      ],
      taskOf('x1', { workspace: 'b' }),
    );
    const { tasks } = store().read;
    const query = { workspace: 'a', queue: 'q', limit: 10 };
    expect(tasks.listClaimable(query)).toEqual([
      { taskId: 't2', priority: 90, taskType: 'resize' },
      { taskId: 't3', priority: 90, taskType: 'crop' },
      { taskId: 't1', priority: 50, taskType: 'resize' },
    ]);
    expect(tasks.listClaimable({ ...query, limit: 1 })).toHaveLength(1);
    expect(tasks.listClaimable({ ...query, taskTypes: ['crop', 'x'] }).map(({ taskId }) => taskId)).toEqual([
      't3',
    ]);
    expect([tasks.getClaimableCount(query), tasks.getClaimableCount({ ...query, limit: 2 })]).toEqual([3, 2]);
    expect(tasks.getClaimableCount({ ...query, taskTypes: ['crop'] })).toBe(1);
    expect(tasks.listClaimable({ ...query, queue: 'none' })).toEqual([]);
  });

  it('lists queues that begin alike and hold something', async () => {
    const queues = ['ag::a::w::1', 'ag::a::w::2', 'ag::a::wide::1', 'tu::a::w::1'];
    await insert(
      store(),
      ...queues.map((queue, index) => taskOf(`t${index}`, { queue })),
      taskOf('t8', { queue: 'ag::a::w::1' }),
      taskOf('t9', { queue: 'ag::a::w::3', ...running() }),
    );
    const { tasks } = store().read;
    expect(tasks.listClaimableQueues('a', { prefix: 'ag::a::w::', limit: 9 })).toEqual(queues.slice(0, 2));
    expect(tasks.listClaimableQueues('b', { prefix: 'ag::a::w::', limit: 9 })).toEqual([]);
  });

  it('counts the workers that are busy with a queue', async () => {
    await insert(
      store(),
      ...[
        taskOf('t1', running()),
        taskOf('t2', running()),
        taskOf('t3', running({ assignedTo: 'ag::a::w::2' })),
      ],
      taskOf('t4'),
    );
    expect(store().read.tasks.getBusyCount('a', 'q')).toBe(2);
    expect(store().read.tasks.getBusyCount('b', 'q')).toBe(0);
  });
}

function testLeases(store: () => Store): void {
  it('lists leases and waits that are over, of all workspaces, the longest over first', async () => {
    await insert(
      store(),
      ...[taskOf('t1', running({ leaseExpiresAt: at(3) })), taskOf('t2', running({ leaseExpiresAt: at(2) }))],
      ...[
        taskOf('t3', running({ leaseExpiresAt: at(4) })),
        taskOf('x1', { workspace: 'b', notBefore: at(3) }),
      ],
      ...[taskOf('t5', { notBefore: at(1) }), taskOf('t6', { notBefore: at(4) })],
    );
    const { tasks } = store().read;
    expect(tasks.listExpired(at(3), 10).map(({ id }) => id)).toEqual(['t2', 't1']);
    expect(tasks.listExpired(at(3), 1)).toEqual([{ workspace: 'a', id: 't2' }]);
    expect(tasks.listDue(at(3), 10)).toEqual([
      { workspace: 'a', id: 't5' },
      { workspace: 'b', id: 'x1' },
    ]);
  });

  it('renews the leases of a gateway and ends those of a session', async () => {
    const held = (sessionId: string, gatewayId: string) => running({ sessionId, gatewayId });
    await insert(
      store(),
      ...[taskOf('t1', held('s1', 'g')), taskOf('t2', held('s2', 'g')), taskOf('t3', held('s3', 'h'))],
      ...[taskOf('t4', running()), taskOf('t5', { ...held('s1', 'g'), status: 'completed' })],
    );
    const ends = () =>
      ['t1', 't2', 't3', 't4', 't5'].map(
        (id) => store().read.tasks.get({ workspace: 'a', id })?.leaseExpiresAt,
      );
    expect(store().read.tasks.listHeldSessions('g').sort()).toEqual(['s1', 's2']);
    await store().commit(({ tasks }) => tasks.renewLeases('g', at(9)));
    expect(ends()).toEqual([at(9), at(9), at(5), at(5), at(5)]);
    await store().commit(({ tasks }) => tasks.endLeases({ gatewayId: 'g', sessionId: 's1' }, at(1)));
    await store().commit(({ tasks }) => tasks.renewLeases('g', at(10)));
    expect(ends()).toEqual([at(1), at(10), at(5), at(5), at(5)]);
    const ofWorker = store().read.tasks.listOfSessions('a', 'ag::a::w::1');
    expect(ofWorker.map(({ taskId }) => taskId).sort()).toEqual(['t1', 't2', 't3']);
    expect(store().read.tasks.listOfSessions('b', 'ag::a::w::1')).toEqual([]);
  });
}
