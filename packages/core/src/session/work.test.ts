import { describe, expect, it } from 'vitest';
import { framesOf, startLiveSession, until } from '../../test-support/live-session.ts';
import type { FarSession, SessionScript } from '../../test-support/session-server.ts';
import { BonafideError } from '../errors.ts';
import type { Task } from '../models/task.ts';
import { toProblem } from '../problem.ts';
import type { CallFrame, ClientFrame, ReadFrame } from '../protocol/index.ts';

const at = '2026-01-01T00:00:00.000Z';
const taskOf = (index: number, rest: Partial<Task> = {}): Task => ({
  ...{ taskId: `01928c4e-7c1e-7000-8000-${String(index).padStart(12, '0')}`, workspace: 'default' },
  ...{ taskType: 'build', mode: 'pool', status: 'running', metadata: {}, priority: 50 },
  ...{ createdBy: 'ag::default::boss::1', attempt: 1, maxAttempts: 5, createdAt: at, updatedAt: at },
  ...rest,
});

interface Board extends SessionScript {
  readonly reports: { readonly op: string; readonly input: Record<string, unknown> }[];
  readonly watchers: Map<string, { readonly n: number; readonly session: FarSession }>;
}

/** Gives out tasks as workers ask for them; each report is noted. */
function board(tasks: Task[], refuse?: (op: string) => BonafideError | undefined): Board {
  const reports: Board['reports'] = [];
  const watchers: Board['watchers'] = new Map();
  const onCall = (frame: CallFrame, body: string, session: FarSession): void => {
    const input = JSON.parse(body);
    const { n } = frame;
    if (frame.op === 'tasks.claim') {
      const given = tasks.splice(0, input.limit);
      // As long polls do, it says nothing until there is something.
      if (given.length > 0) session.send({ t: 'result', n }, JSON.stringify({ tasks: given }));
      return;
    }
    reports.push({ op: frame.op, input });
    const refusal = refuse?.(frame.op);
    if (refusal) session.send({ t: 'problem', n, problem: toProblem(refusal) });
    else session.send({ t: 'result', n }, JSON.stringify(taskOf(1, { taskId: input.taskId })));
  };
  const onFrame = ({ frame, body }: ReadFrame<ClientFrame>, session: FarSession): void => {
    if (frame.t === 'call') onCall(frame, body, session);
    if (frame.t === 'open') watchers.set(JSON.parse(body).taskId, { n: frame.n, session });
    if (frame.t === 'cancel') session.send({ t: 'result', n: frame.n }, '{"tasks":[]}');
  };
  return { reports, watchers, onFrame };
}

describe('work', () => {
  it('runs tasks as many at once as it may, and reports each with its attempt', async () => {
    const script = board([taskOf(1), taskOf(2, { attempt: 3 }), taskOf(3)]);
    await using started = await startLiveSession(script);
    let most = 0;
    let running = 0;
    await using worker = started.live.work({ concurrency: 2, taskTypes: ['build'] }, async ({ task }) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      if (task.taskId === taskOf(3).taskId) throw new Error('broken');
      return { ok: task.attempt };
    });
    await until(() => script.reports.length === 3);
    expect(most).toBe(2);
    const claims = started
      .far()
      .received.filter(({ frame }) => frame.t === 'call' && frame.op === 'tasks.claim');
    expect(JSON.parse(claims[0]?.body ?? '')).toMatchObject({ limit: 2, taskTypes: ['build'] });
    expect(
      script.reports.toSorted((a, b) => String(a.input.taskId).localeCompare(String(b.input.taskId))),
    ).toMatchObject([
      { op: 'tasks.complete', input: { attempt: 1, result: { ok: 1 } } },
      { op: 'tasks.complete', input: { attempt: 3, result: { ok: 3 } } },
      { op: 'tasks.fail', input: { attempt: 1, error: 'broken' } },
    ]);
    expect(worker).toBeDefined();
  });

  it('reports progress, and leaves a paused task alone', async () => {
    const script = board([taskOf(1)]);
    await using started = await startLiveSession(script);
    await using worker = started.live.work({}, async (run) => {
      await run.report({ fraction: 0.5, step: 'half' });
      await run.pause('later');
    });
    await until(() => script.reports.length === 2);
    await worker.stop();
    expect(script.reports).toMatchObject([
      { op: 'tasks.reportProgress', input: { attempt: 1, progress: { fraction: 0.5, step: 'half' } } },
      { op: 'tasks.pause', input: { attempt: 1, reason: 'later' } },
    ]);
  });

  it.each([
    ['cancelled', { status: 'cancelled' as const }],
    ['taken by another', { attempt: 2 }],
  ])('stops a task that was %s, and reports nothing of it', async (_, change) => {
    const script = board([taskOf(1)]);
    await using started = await startLiveSession(script);
    const stopped = Promise.withResolvers<unknown>();
    await using worker = started.live.work({}, ({ signal }) => {
      signal.addEventListener('abort', () => stopped.resolve(signal.reason));
      return stopped.promise;
    });
    await until(() => script.watchers.size === 1);
    const [{ n, session }] = [...script.watchers.values()] as [{ n: number; session: FarSession }];
    session.send(
      { t: 'item', n, id: '1' },
      JSON.stringify({ change: 'cancelled', at, task: taskOf(1, change) }),
    );
    await expect(stopped.promise).resolves.toMatchObject({ code: 'CONFLICT' });
    await worker.stop();
    expect(script.reports).toEqual([]);
  });

  it('tells error handlers when a result is refused, and goes on', async () => {
    const script = board([taskOf(1)], () => new BonafideError('CONFLICT', 'Another worker has it.'));
    await using started = await startLiveSession(script);
    const failed = Promise.withResolvers<BonafideError>();
    started.live.on('error', failed.resolve);
    await using worker = started.live.work({}, () => 'done');
    await expect(failed.promise).resolves.toMatchObject({ code: 'CONFLICT' });
    await until(() => framesOf(started.far(), 'call').filter(({ op }) => op === 'tasks.claim').length === 2);
    expect(worker).toBeDefined();
  });

  it('runs what was given just before it stopped, and takes no more', async () => {
    const script = board([]);
    const { onFrame } = script;
    await using started = await startLiveSession({
      onFrame: (read, session) => {
        if (read.frame.t !== 'cancel') onFrame?.(read, session);
        else session.send({ t: 'result', n: read.frame.n }, JSON.stringify({ tasks: [taskOf(7)] }));
      },
    });
    const done: string[] = [];
    const worker = started.live.work({}, ({ task }) => void done.push(task.taskId));
    await until(() => framesOf(started.far(), 'call').length === 1);
    await worker.stop();
    expect(done).toEqual([taskOf(7).taskId]);
    expect(script.reports).toMatchObject([{ op: 'tasks.complete' }]);
  });

  it('gives back what comes too late for a worker that was stopped', async () => {
    const script = board([]);
    const { onFrame } = script;
    let answerLate = (): void => undefined;
    await using started = await startLiveSession({
      onFrame: (read, session) => {
        const { frame } = read;
        if (frame.t !== 'cancel') onFrame?.(read, session);
        else
          answerLate = () =>
            session.send({ t: 'result', n: frame.n }, JSON.stringify({ tasks: [taskOf(7)] }));
      },
    });
    const worker = started.live.work({}, () => 'never begun');
    await until(() => framesOf(started.far(), 'call').length === 1);
    await worker.stop();
    answerLate();
    await until(() => script.reports.length === 1);
    const { taskId, attempt } = taskOf(7);
    expect(script.reports).toMatchObject([{ op: 'tasks.fail', input: { taskId, attempt } }]);
  });

  it('runs what was given just before it stopped, though the connection was lost with the answer', async () => {
    const script = board([]);
    const { onFrame } = script;
    await using started = await startLiveSession({
      onFrame: (read, session) => {
        if (read.frame.t !== 'cancel') onFrame?.(read, session);
        else if (session.epoch === 1) session.cut();
        else session.send({ t: 'result', n: read.frame.n }, JSON.stringify({ tasks: [taskOf(7)] }));
      },
    });
    const done: string[] = [];
    const worker = started.live.work({}, ({ task }) => void done.push(task.taskId));
    await until(() => framesOf(started.far(), 'call').length === 1);
    await worker.stop();
    expect(done).toEqual([taskOf(7).taskId]);
  });

  it('asks again after a lost connection', async () => {
    const tasks: Task[] = [];
    const script = board(tasks);
    await using started = await startLiveSession(script);
    const done: string[] = [];
    await using worker = started.live.work({}, ({ task }) => void done.push(task.taskId));
    await until(() => framesOf(started.far(), 'call').length === 1);
    tasks.push(taskOf(1));
    started.far().cut();
    await until(() => script.reports.length === 1);
    expect(done).toEqual([taskOf(1).taskId]);
    expect(worker).toBeDefined();
  });

  it('ends with the session', async () => {
    await using started = await startLiveSession(board([]));
    const worker = started.live.work({}, () => undefined);
    await started.live.close();
    await worker.stop();
  });
});
