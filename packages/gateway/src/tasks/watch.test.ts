import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EventStream, openStream } from '../testing/event-stream.ts';
import { type Sender, startGateway, type TestAgent, type TestGateway } from '../testing/test-gateway.ts';

let gateway: TestGateway;
let boss: TestAgent;
let worker: TestAgent;

beforeEach(async () => {
  gateway = await startGateway();
  boss = await gateway.register('boss');
  worker = await gateway.register('hand');
});
afterEach(() => gateway[Symbol.asyncDispose]());

const call = async (sender: Sender, id: Parameters<TestGateway['call']>[1], input: object = {}) => {
  const { status, body } = await gateway.call(sender, id, input);
  if (status !== 200) throw new Error(`${id}: ${JSON.stringify(body)}`);
  return body;
};
const create = (change: object = {}) =>
  call(boss, 'tasks.create', { taskType: 'a', implementation: 'hand', payload: 'large', ...change });
const watch = (sender: Sender, taskId?: string, lastEventId?: string) =>
  openStream(gateway, {
    sender,
    path: `/v1/tasks/watch${taskId === undefined ? '' : `?taskId=${taskId}`}`,
    ...(lastEventId === undefined ? {} : { lastEventId }),
  });
const changesOf = async (stream: EventStream, count: number) => {
  const frames = [];
  for (let index = 0; index < count; index++) frames.push(await stream.next());
  return frames;
};

describe('watching tasks', () => {
  it('tells every change as the task was then, and goes on where it was', async () => {
    const { taskId } = await create();
    await using stream = await watch(boss, taskId);
    expect((await stream.next())?.data).toMatchObject({ change: 'created', task: { status: 'pending' } });
    await call(worker, 'tasks.claim');
    await call(worker, 'tasks.reportProgress', { taskId, attempt: 1, progress: { fraction: 0.5 } });
    await call(worker, 'tasks.complete', { taskId, attempt: 1, result: 42 });
    const frames = await changesOf(stream, 3);
    expect(frames.map((frame) => [frame?.data.change, frame?.data.task.status])).toEqual([
      ['claimed', 'running'],
      ['progress', 'running'],
      ['completed', 'completed'],
    ]);
    expect(frames.map((frame) => frame?.data.task.result)).toEqual([undefined, undefined, 42]);
    expect(frames[1]?.data.task).toMatchObject({ progress: { fraction: 0.5 } });
    expect(frames[1]?.data.task.payload).toBeUndefined();
    await using resumed = await watch(boss, taskId, frames[0]?.id);
    expect((await changesOf(resumed, 2)).map((frame) => frame?.data.change)).toEqual([
      'progress',
      'completed',
    ]);
  });

  it('shows an agent what concerns it alone, people everything', async () => {
    const stranger = await gateway.register('stranger');
    await using own = await watch(stranger);
    await using all = await watch({ token: gateway.ownerToken });
    await own.response;
    const first = await create();
    const second = await create({
      mode: 'targeted',
      target: 'ag::default::stranger::default',
      implementation: undefined,
    });
    expect((await own.next())?.data.task.taskId).toBe(second.taskId);
    expect((await changesOf(all, 2)).map((frame) => frame?.data.task.taskId)).toEqual([
      first.taskId,
      second.taskId,
    ]);
    const { status } = await gateway.send(stranger, {
      method: 'GET',
      path: `/v1/tasks/watch?taskId=${first.taskId}`,
    });
    expect(status).toBe(404);
  });
});

describe('who asked for it', () => {
  it('is told of the end by a message that is kept', async () => {
    const { taskId } = await create({ notify: 'ag.default.boss.default' });
    await call(worker, 'tasks.claim');
    expect((await call(boss, 'messages.list')).items).toEqual([]);
    await call(worker, 'tasks.complete', { taskId, attempt: 1, result: { n: 1 } });
    await call(worker, 'tasks.complete', { taskId, attempt: 1, result: { n: 1 } });
    const { items } = await call(boss, 'messages.list');
    expect(items).toMatchObject([
      {
        ...{ kind: 'event', from: 'sv::bonafide::gateway' },
        body: { type: 'task.completed', data: { taskId, status: 'completed', result: { n: 1 } } },
      },
    ]);
  });
});
