import { expect, it } from 'vitest';
import { useGatewayProcess } from '../testing/gateway-process.ts';
import { connectRaw, type RawSession } from '../testing/session-client.ts';

const start = useGatewayProcess();
const COUNT = 30;
const EACH = 10;
const retry = { maxAttempts: 3, initialBackoffMs: 0, maxBackoffMs: 0 };

interface Taken {
  readonly taskId: string;
  readonly attempt: number;
}

const claim = async (session: RawSession, limit: number, waitSeconds = 0): Promise<Taken[]> =>
  (await session.call('tasks.claim', { limit, waitSeconds })).tasks;

it('loses no task and gives none to two workers when the gateway is killed and its workers come back, or do not', async () => {
  const first = await start();
  const token = first.ownerToken ?? '';
  const connect = (url: string, specifier: string, change: object = {}) =>
    connectRaw(url, {
      proof: { token },
      principal: { type: 'task', implementation: 'worker', specifier },
      ...change,
    });
  const [back, gone] = [await connect(first.url, 'back'), await connect(first.url, 'gone')];
  const made = new Set<string>();
  for (let index = 0; index < COUNT; index++) {
    const { taskId } = await back.call('tasks.create', { taskType: 'a', implementation: 'worker', retry });
    made.add(taskId);
  }
  const kept = await claim(back, EACH);
  const lost = await claim(gone, EACH);
  const [done] = kept;
  if (!done) throw new Error('nothing was claimed');
  await back.call('tasks.complete', { taskId: done.taskId, attempt: 1, result: 'before' });
  await first.kill('SIGKILL');
  await Promise.all([back.ended, gone.ended]);

  const { url } = await start(first.port);
  await using resumed = await connect(url, 'back', { resumeToken: back.welcome.resumeToken });
  await using fresh = await connect(url, 'fresh');
  expect(resumed.welcome.isResumed).toBe(true);
  // What was committed before the end is still so, and can be said again.
  expect(await resumed.call('tasks.complete', { taskId: done.taskId, attempt: 1 })).toMatchObject({
    status: 'completed',
    result: 'before',
  });
  const untouched = await claim(fresh, COUNT);
  expect(untouched.map(({ attempt }) => attempt)).toEqual(Array(COUNT - 2 * EACH).fill(1));
  // Those of who is not coming back, once their leases are over; never those of who resumed.
  const inherited: Taken[] = [];
  while (inherited.length < EACH) inherited.push(...(await claim(fresh, COUNT, 60)));
  expect(inherited.map(({ taskId }) => taskId).sort()).toEqual(lost.map(({ taskId }) => taskId).sort());
  expect(new Set(inherited.map(({ attempt }) => attempt))).toEqual(new Set([2]));
  for (const { taskId } of kept.slice(1)) await resumed.call('tasks.complete', { taskId, attempt: 1 });
  for (const { taskId, attempt } of [...untouched, ...inherited]) {
    await fresh.call('tasks.complete', { taskId, attempt });
  }
  const late = await connect(url, 'gone');
  const [stale] = lost;
  await expect(late.call('tasks.complete', { taskId: stale?.taskId, attempt: 1 })).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  const { items } = await fresh.call('tasks.list', { status: 'completed', limit: 100 });
  expect(new Set(items.map((task: Taken) => task.taskId))).toEqual(made);
});
