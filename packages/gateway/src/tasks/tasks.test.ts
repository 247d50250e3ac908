import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sender, startGateway, type TestGateway } from '../testing/test-gateway.ts';

let gateway: TestGateway;
let clock = Date.parse('2026-01-01T00:00:00Z');
let owner: Sender;

beforeEach(async () => {
  clock = Date.now();
  gateway = await startGateway({ now: () => clock });
  owner = { token: gateway.ownerToken };
});
afterEach(() => gateway[Symbol.asyncDispose]());

const pass = (ms: number) => {
  clock += ms;
};
const call = async (sender: Sender, id: Parameters<TestGateway['call']>[1], input: object = {}) => {
  const { status, body } = await gateway.call(sender, id, input);
  if (status !== 200) throw new Error(`${id}: ${JSON.stringify(body)}`);
  return body;
};
const create = (sender: Sender, input: object = {}) =>
  call(sender, 'tasks.create', { taskType: 'resize', implementation: 'worker', ...input });
const claim = async (sender: Sender, input: object = {}) =>
  (await call(sender, 'tasks.claim', { implementation: 'worker', ...input })).tasks;
const codeOf = async (sender: Sender, id: Parameters<TestGateway['call']>[1], input: object) =>
  (await gateway.call(sender, id, input)).body.code;

const lease = (task: { taskId: string; attempt: number }) => ({ taskId: task.taskId, attempt: task.attempt });

describe('a task', () => {
  it('goes from its creator to a worker and comes back with its result', async () => {
    const [boss, worker] = [await gateway.register('boss'), await gateway.register('hand')];
    const { taskId } = await create(boss, { payload: { url: 'a' }, metadata: { trace: 'x' } });
    const [task] = await claim(worker);
    expect(task).toMatchObject({
      ...{ taskId, status: 'running', attempt: 1, payload: { url: 'a' }, metadata: { trace: 'x' } },
      ...{ assignedTo: 'ag::default::hand::default', createdBy: 'ag::default::boss::default' },
    });
    await call(worker, 'tasks.reportProgress', { taskId, attempt: 1, progress: { fraction: 0.5 } });
    expect((await call(boss, 'tasks.get', { taskId })).progress).toEqual({ fraction: 0.5 });
    const done = await call(worker, 'tasks.complete', { taskId, attempt: 1, result: { ok: true } });
    expect(done).toMatchObject({ status: 'completed', result: { ok: true } });
    expect(await call(worker, 'tasks.complete', { taskId, attempt: 1, result: { ok: true } })).toEqual(done);
    expect(await claim(worker)).toEqual([]);
  });

  it('is offered by priority, then by age, and in batches', async () => {
    const made = [];
    for (const priority of [10, 90, 10, 90]) made.push((await create(owner, { priority })).taskId);
    const batch = await claim(owner, { limit: 3 });
    expect(batch.map((task: { taskId: string }) => task.taskId)).toEqual([made[1], made[3], made[0]]);
    expect((await claim(owner, { limit: 100 })).map((task: { taskId: string }) => task.taskId)).toEqual([
      made[2],
    ]);
  });

  it('is told again to who asks again under the same key, though nothing else is there to be claimed', async () => {
    const { taskId } = await create(owner);
    const ask = async () =>
      (await gateway.call(owner, 'tasks.claim', { implementation: 'worker' }, { 'idempotency-key': 'k1' }))
        .body;
    const first = await ask();
    expect(first.tasks).toMatchObject([{ taskId, attempt: 1 }]);
    expect(await ask()).toEqual(first);
  });

  it('for one principal is claimed by nobody else', async () => {
    const [boss, hand] = [await gateway.register('boss'), await gateway.register('hand')];
    const other = await gateway.register('other');
    const target = 'ag.default.hand.default';
    const { taskId, target: shown } = await create(boss, {
      mode: 'targeted',
      target,
      implementation: undefined,
    });
    expect(shown).toBe('ag::default::hand::default');
    expect(await claim(other)).toEqual([]);
    expect(await codeOf(other, 'tasks.get', { taskId })).toBe('NOT_FOUND');
    expect(await codeOf(other, 'tasks.complete', { taskId, attempt: 1 })).toBe('CONFLICT');
    expect(await claim(hand, { implementation: undefined })).toMatchObject([{ taskId }]);
  });

  it('for the caller itself goes to the caller', async () => {
    const [boss, other] = [await gateway.register('boss'), await gateway.register('other')];
    const { taskId } = await create(boss, { mode: 'self', implementation: undefined });
    expect(await claim(other, { taskTypes: ['resize'] })).toEqual([]);
    expect(await claim(boss, { implementation: undefined })).toMatchObject([{ taskId }]);
  });

  it('without a pool goes to any worker that names its type', async () => {
    const worker = await gateway.register('hand');
    const { taskId } = await create(owner, { implementation: undefined });
    expect(await claim(worker, { taskTypes: ['other'] })).toEqual([]);
    expect(await claim(worker)).toEqual([]);
    expect(await claim(worker, { taskTypes: ['other', 'resize'] })).toMatchObject([{ taskId }]);
  });

  it('of a pool is filtered by type when the worker names types', async () => {
    await create(owner, { taskType: 'crop' });
    const { taskId } = await create(owner);
    expect(await claim(owner, { taskTypes: ['resize'], limit: 10 })).toMatchObject([{ taskId }]);
  });

  it('keeps a large payload, and refuses one that is too large', async () => {
    const payload = 'ä'.repeat(200_000);
    const { taskId } = await create(owner, { payload });
    expect(await claim(owner)).toMatchObject([{ taskId, payload }]);
    const tooLarge = 'ä'.repeat(262_144);
    expect(await codeOf(owner, 'tasks.create', { taskType: 'x', payload: tooLarge })).toBe(
      'PAYLOAD_TOO_LARGE',
    );
    const late = { taskId, attempt: 1, result: tooLarge };
    expect(await codeOf(owner, 'tasks.complete', late)).toBe('PAYLOAD_TOO_LARGE');
    const metadata = { long: 'x'.repeat(17_000) };
    expect(await codeOf(owner, 'tasks.create', { taskType: 'x', metadata })).toBe('PAYLOAD_TOO_LARGE');
  });

  it.each([
    [{ mode: 'targeted' }, 'VALIDATION_FAILED'],
    [{ mode: 'targeted', target: 'ga::default' }, 'VALIDATION_FAILED'],
    [{ mode: 'targeted', target: 'ag::other::a::b' }, 'FORBIDDEN'],
    [{ mode: 'self', target: 'ag::default::a::b' }, 'VALIDATION_FAILED'],
    [{ mode: 'self', implementation: 'x' }, 'VALIDATION_FAILED'],
    [{ mode: 'pool', target: 'ag::default::a::b' }, 'VALIDATION_FAILED'],
    [{ mode: 'pool', target: 'tb::other::a' }, 'FORBIDDEN'],
    [{ mode: 'pool', target: 'tb::default::a', implementation: 'b' }, 'VALIDATION_FAILED'],
    [{ notify: 'ag::other::a::b' }, 'FORBIDDEN'],
    [{ notify: 'event::default' }, 'FORBIDDEN'],
    [{ notify: 'ga::default' }, 'VALIDATION_FAILED'],
  ])('is not made of %j', async (input, code) => {
    expect(await codeOf(owner, 'tasks.create', { taskType: 'x', ...input })).toBe(code);
  });
});

describe('an attempt', () => {
  it('is repeated after a growing wait, until no attempt is left', async () => {
    const { taskId } = await create(owner, {
      retry: { maxAttempts: 2, initialBackoffMs: 1000, maxBackoffMs: 1000 },
    });
    const [first] = await claim(owner);
    const failed = await call(owner, 'tasks.fail', { ...lease(first), error: 'disk full' });
    expect(failed).toMatchObject({ status: 'pending', error: 'disk full', attempt: 1 });
    pass(1000);
    const [second] = await claim(owner);
    expect(second).toMatchObject({ taskId, attempt: 2 });
    expect(second.notBefore).toBeUndefined();
    const dead = await call(owner, 'tasks.fail', { ...lease(second), error: 'again' });
    expect(dead).toMatchObject({ status: 'dead', attempt: 2 });
    expect(await call(owner, 'tasks.fail', { ...lease(second), error: 'again' })).toEqual(dead);
    expect(await codeOf(owner, 'tasks.complete', lease(second))).toBe('CONFLICT');
    expect(await call(owner, 'tasks.retry', { taskId })).toMatchObject({ status: 'pending', attempt: 2 });
    expect(await claim(owner)).toMatchObject([{ taskId, attempt: 3 }]);
  });

  it('that fails for good is the last', async () => {
    const { taskId } = await create(owner);
    const [task] = await claim(owner);
    await call(owner, 'tasks.fail', { ...lease(task), error: 'no such file', isFinal: true });
    expect(await call(owner, 'tasks.get', { taskId })).toMatchObject({
      status: 'failed',
      error: 'no such file',
    });
    expect(await codeOf(owner, 'tasks.cancel', { taskId })).toBe('CONFLICT');
  });

  it('is over with its lease, and its reports are refused from then on', async () => {
    const worker = await gateway.register('hand');
    await create(owner, { retry: { maxAttempts: 5, initialBackoffMs: 0, maxBackoffMs: 0 } });
    const [first] = await claim(worker, { leaseSeconds: 5 });
    pass(4000);
    const extended = await call(worker, 'tasks.extendLease', { ...lease(first), leaseSeconds: 10 });
    expect(Date.parse(extended.leaseExpiresAt)).toBe(clock + 10_000);
    expect(await claim(owner)).toEqual([]);
    pass(10_000);
    const [second] = await claim(owner);
    expect(second).toMatchObject({ taskId: first.taskId, attempt: 2 });
    for (const id of ['tasks.complete', 'tasks.extendLease'] as const) {
      expect(await codeOf(worker, id, lease(first))).toBe('CONFLICT');
    }
    expect(await codeOf(worker, 'tasks.fail', { ...lease(first), error: 'x' })).toBe('CONFLICT');
    expect(await codeOf(worker, 'tasks.reportProgress', { ...lease(first), progress: {} })).toBe('CONFLICT');
    // The number alone is not enough: the lease is that of another.
    expect(await codeOf(worker, 'tasks.complete', lease(second))).toBe('CONFLICT');
    await call(owner, 'tasks.complete', lease(second));
  });

  it('begins no earlier than its delay says', async () => {
    const { taskId, notBefore } = await create(owner, { delaySeconds: 30 });
    expect(Date.parse(notBefore)).toBe(clock + 30_000);
    pass(29_999);
    expect(await claim(owner)).toEqual([]);
    pass(1);
    expect(await claim(owner)).toMatchObject([{ taskId }]);
  });
});

describe('whoever manages a task', () => {
  it('holds it, lets it go on and cancels it', async () => {
    const [boss, worker] = [await gateway.register('boss'), await gateway.register('hand')];
    const { taskId } = await create(boss);
    expect(await call(boss, 'tasks.pause', { taskId })).toMatchObject({ status: 'paused' });
    expect(await call(boss, 'tasks.pause', { taskId })).toMatchObject({ status: 'paused' });
    expect(await claim(worker)).toEqual([]);
    await call(boss, 'tasks.resume', { taskId });
    const [task] = await claim(worker);
    expect(await codeOf(worker, 'tasks.cancel', { taskId })).toBe('FORBIDDEN');
    await call(boss, 'tasks.cancel', { taskId, reason: 'changed my mind' });
    expect(await codeOf(worker, 'tasks.reportProgress', { ...lease(task), progress: {} })).toBe('CONFLICT');
    const cancelled = await call(boss, 'tasks.cancel', { taskId });
    expect(cancelled).toMatchObject({
      status: 'cancelled',
      error: expect.stringContaining('changed my mind'),
    });
    expect(await call(owner, 'tasks.retry', { taskId })).toMatchObject({ status: 'pending' });
  });

  it('is for the time of a pause the worker itself, whose attempt does not count', async () => {
    const worker = await gateway.register('hand');
    const { taskId } = await create(owner, {
      retry: { maxAttempts: 1, initialBackoffMs: 0, maxBackoffMs: 0 },
    });
    const [task] = await claim(worker);
    expect(await call(worker, 'tasks.pause', { taskId, attempt: 1 })).toMatchObject({ status: 'paused' });
    expect(await codeOf(worker, 'tasks.complete', lease(task))).toBe('CONFLICT');
    await call(worker, 'tasks.resume', { taskId });
    const [again] = await claim(worker);
    expect(again.attempt).toBe(2);
    await call(worker, 'tasks.complete', lease(again));
  });
});

describe('visibility', () => {
  it('of a task is with its creator, its worker, who could claim it, and people', async () => {
    const [boss, other] = [await gateway.register('boss'), await gateway.register('other')];
    const { taskId } = await create(boss);
    const ids = async (sender: Sender) =>
      (await call(sender, 'tasks.list')).items.map((task: { taskId: string }) => task.taskId);
    expect(await codeOf(other, 'tasks.get', { taskId })).toBe('NOT_FOUND');
    expect(await codeOf(other, 'tasks.cancel', { taskId })).toBe('NOT_FOUND');
    expect([await ids(boss), await ids(owner), await ids(other)]).toEqual([[taskId], [taskId], []]);
    await claim(other);
    expect(await ids(other)).toEqual([taskId]);
  });

  it('of a pool that bears the name of an agent is with that agent', async () => {
    const [hand, other] = [await gateway.register('hand'), await gateway.register('other')];
    await create(owner, { implementation: 'hand' });
    expect(await codeOf(other, 'tasks.claim', { implementation: 'hand' })).toBe('FORBIDDEN');
    expect(await claim(hand, { implementation: undefined })).toHaveLength(1);
  });

  it('ends at the workspace', async () => {
    const { ownerToken } = await gateway.gateway.createWorkspace('elsewhere');
    const { taskId } = await create(owner);
    const stranger = { token: ownerToken };
    expect(await claim(stranger)).toEqual([]);
    for (const id of ['get', 'cancel', 'retry', 'pause', 'resume'] as const) {
      expect(await codeOf(stranger, `tasks.${id}`, { taskId })).toBe('NOT_FOUND');
    }
    expect((await call(stranger, 'tasks.list')).items).toEqual([]);
    expect(await codeOf(stranger, 'tasks.complete', { taskId, attempt: 1 })).toBe('NOT_FOUND');
  });
});

describe('the same request again', () => {
  it('makes no second task and takes no second one', async () => {
    const key = { 'idempotency-key': 'k1' };
    const input = { taskType: 'resize', implementation: 'worker' };
    const first = await gateway.call(owner, 'tasks.create', input, key);
    const again = await gateway.call(owner, 'tasks.create', input, key);
    expect(again.body).toEqual(first.body);
    await create(owner);
    const claimKey = { 'idempotency-key': 'k2' };
    const taken = await gateway.call(owner, 'tasks.claim', { implementation: 'worker' }, claimKey);
    const repeated = await gateway.call(owner, 'tasks.claim', { implementation: 'worker' }, claimKey);
    expect(repeated.body).toEqual(taken.body);
    expect(await claim(owner, { limit: 10 })).toHaveLength(1);
  });
});
