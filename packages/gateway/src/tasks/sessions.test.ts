import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectRaw, type RawSession } from '../testing/session-client.ts';
import { startGateway, type TestAgent, type TestGateway } from '../testing/test-gateway.ts';
import { RESUME_GRACE_MS, SESSION_LEASE_MS } from './leases.ts';

let gateway: TestGateway;
let worker: TestAgent;
let clock: number;
const open: RawSession[] = [];
const retry = { maxAttempts: 5, initialBackoffMs: 0, maxBackoffMs: 0 };

beforeEach(async () => {
  clock = Date.now();
  gateway = await startGateway({ now: () => clock });
  worker = await gateway.register('hand');
});
afterEach(async () => {
  for (const session of open.splice(0)) await session[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
});

const connect = async (change: object = {}) => {
  const session = await connectRaw(gateway.url, { proof: { signer: worker.signer }, ...change });
  open.push(session);
  return session;
};
const owner = () => ({ token: gateway.ownerToken });
const create = async () =>
  (await gateway.call(owner(), 'tasks.create', { taskType: 'a', implementation: 'hand', retry })).body.taskId;
const get = async (taskId: string) => (await gateway.call(owner(), 'tasks.get', { taskId })).body;
const claimAsOther = async () => {
  const other = await connect({ principal: { type: 'agent', specifier: 'other' } });
  return (await other.call('tasks.claim')).tasks;
};
/** The commit that follows the end or the begin of a session. */
const leaseEnds = (taskId: string, atMs: number) =>
  vi.waitFor(async () => expect(Date.parse((await get(taskId)).leaseExpiresAt)).toBe(atMs), {
    timeout: 20_000,
  });

describe('a task that is claimed over a session', () => {
  it('is kept as long as the session, whatever lease was asked for', async () => {
    const session = await connect();
    const taskId = await create();
    const { tasks } = await session.call('tasks.claim', { leaseSeconds: 3600 });
    expect(Date.parse(tasks[0].leaseExpiresAt)).toBe(clock + SESSION_LEASE_MS);
    const extended = await session.call('tasks.extendLease', { taskId, attempt: 1, leaseSeconds: 3600 });
    expect(extended.leaseExpiresAt).toBe(tasks[0].leaseExpiresAt);
  });

  it('is offered again once its session ended and nobody resumed it', async () => {
    const session = await connect();
    const taskId = await create();
    await session.call('tasks.claim');
    session.socket.terminate();
    await leaseEnds(taskId, clock + RESUME_GRACE_MS);
    expect(await claimAsOther()).toEqual([]);
    clock += RESUME_GRACE_MS;
    const other = await connect({ principal: { type: 'agent', specifier: 'third' } });
    expect((await other.call('tasks.claim')).tasks).toMatchObject([{ taskId, attempt: 2 }]);
    // Who lost it is told so.
    const late = await connect();
    await expect(late.call('tasks.complete', { taskId, attempt: 1 })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
  });

  it('is kept by who resumes the session in time', async () => {
    const session = await connect();
    const taskId = await create();
    await session.call('tasks.claim');
    session.socket.terminate();
    await leaseEnds(taskId, clock + RESUME_GRACE_MS);
    clock += RESUME_GRACE_MS - 1;
    const resumed = await connect({ resumeToken: session.welcome.resumeToken });
    expect(resumed.welcome.isResumed).toBe(true);
    await leaseEnds(taskId, clock + SESSION_LEASE_MS);
    clock += RESUME_GRACE_MS;
    expect(await claimAsOther()).toEqual([]);
    expect(await resumed.call('tasks.complete', { taskId, attempt: 1 })).toMatchObject({
      status: 'completed',
    });
  });

  it.each([
    ['begins anew', {}],
    ['shows a token that is not of the last session', { resumeToken: 'x'.repeat(32) }],
  ])('is given up at once when its address %s, because nobody works on it', async (_, change) => {
    const session = await connect();
    const taskId = await create();
    await session.call('tasks.claim');
    session.socket.terminate();
    await leaseEnds(taskId, clock + RESUME_GRACE_MS);
    await connect(change);
    await vi.waitFor(async () => expect((await get(taskId)).status).toBe('pending'), { timeout: 20_000 });
    expect(await claimAsOther()).toMatchObject([{ taskId, attempt: 2 }]);
  });

  it('comes to who waits for it, and to somebody else when that one left', async () => {
    const [first, second] = [
      await connect(),
      await connect({ principal: { type: 'agent', specifier: 'b' } }),
    ];
    const leaving = first.call('tasks.claim', { waitSeconds: 60 }).catch(() => undefined);
    const waiting = second.call('tasks.claim', { waitSeconds: 60 });
    first.socket.terminate();
    await leaving;
    await vi.waitFor(async () => {
      const { items } = (await gateway.call(owner(), 'connections.list')).body;
      expect(items).toHaveLength(1);
    });
    const taskId = await create();
    expect((await waiting).tasks).toMatchObject([{ taskId, assignedTo: 'ag::default::hand::b' }]);
  });
});
