import { BonafideError } from '@bonafide/core/errors';
import type { TaskStatus } from '@bonafide/core/models';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Transaction } from '../ledger.ts';
import type { StoredTask } from '../stores/tasks.ts';
import { cancelTask, pauseTask, resumeTask, retryTask } from './manage.ts';
import { openWorkshop, placeOfWorker, type Workshop } from './testing/workshop.ts';
import { finalStatuses } from './transitions.ts';
import { claimTask, completeTask, extendLease, failTask, reportProgress, suspendTask } from './work.ts';

const LEASE_MS = 60_000;
const MAX_ATTEMPTS = 3;
const TASKS = 2;

/** What the task must be, by rules written apart from the code under test. */
interface Model {
  status: TaskStatus;
  attempt: number;
  /** Used since the last retry. */
  used: number;
  holder: string | undefined;
  leaseEnd: number;
  /** The failed report that brought it where it is: sent again, it changes nothing. */
  failedReport: string | undefined;
}

const names = ['ada', 'bob'] as const;
const command = fc.record({
  task: fc.integer({ min: 0, max: TASKS - 1 }),
  worker: fc.constantFrom(...names),
  /** How far the attempt that is named lies behind the current one. */
  behind: fc.constantFrom(0, 0, 0, 1),
  kind: fc.constantFrom(
    ...([
      'claim',
      'claim',
      'claim',
      'extend',
      'progress',
      'complete',
      'fail',
      'failForGood',
      'suspend',
    ] as const),
    ...(['pause', 'resume', 'cancel', 'retry', 'pass', 'sweep'] as const),
  ),
});
type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

it('never has two leases, counts every attempt and ends where the model says, whatever happens in whatever order', async () => {
  await using shop = await openWorkshop();
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 60 }), async (commands) => {
      const made = await Promise.all(
        Array.from({ length: TASKS }, () =>
          shop.create({ retry: { maxAttempts: MAX_ATTEMPTS, initialBackoffMs: 0, maxBackoffMs: 0 } }),
        ),
      );
      const models = made.map(
        (): Model => ({
          status: 'pending',
          attempt: 0,
          used: 0,
          holder: undefined,
          leaseEnd: 0,
          failedReport: undefined,
        }),
      );
      for (const each of commands) {
        const [task, model] = [made[each.task], models[each.task]];
        if (!task || !model) throw new Error('out of range');
        await step(shop, { command: each, taskId: task.taskId, model, models });
        for (const [index, { taskId }] of made.entries()) assertSame(shop.get(taskId), models[index]);
      }
    }),
    { numRuns: 60 },
  );
});

interface Stepping {
  readonly command: Command;
  readonly taskId: string;
  readonly model: Model;
  readonly models: readonly Model[];
}

async function step(shop: Workshop, { command: { kind, worker, behind }, taskId, model, models }: Stepping) {
  if (kind === 'pass') {
    shop.clock.ms += LEASE_MS;
    return;
  }
  if (kind === 'sweep') {
    await shop.sweep();
    for (const each of models)
      if (each.status === 'running' && each.leaseEnd <= shop.clock.ms) giveBack(each);
    return;
  }
  const attempt = Math.max(1, model.attempt - behind);
  const isHeld = model.status === 'running' && model.holder === worker && model.attempt === attempt;
  const outcome = await attemptOf(shop, (tx) => run(tx, { kind, worker, attempt, taskId }));
  expect(outcome, `${kind} by ${worker} with ${attempt}`).toBe(
    expected(model, { kind, worker, attempt, isHeld, nowMs: shop.clock.ms }),
  );
}

interface Acting {
  readonly kind: Exclude<Command['kind'], 'pass' | 'sweep'>;
  readonly worker: string;
  readonly attempt: number;
}

function run(tx: Transaction, acting: Acting & { readonly taskId: string }): unknown {
  const { kind, attempt, taskId } = acting;
  const worker = placeOfWorker(acting.worker);
  const report = { taskId, attempt, worker };
  const boss = { place: placeOfWorker('boss'), principal: { kind: 'anonymous' } } as const;
  const leaseExpiresAt = new Date(tx.nowMs + LEASE_MS).toISOString();
  const lease = { leaseExpiresAt, sessionId: undefined, gatewayId: undefined };
  const runs: { readonly [Kind in Acting['kind']]: () => unknown } = {
    claim: () => claimTask(tx, { taskId, worker, lease }) ?? 'nothing',
    extend: () => extendLease(tx, { ...report, leaseSeconds: LEASE_MS / 1000 }),
    progress: () => reportProgress(tx, { ...report, progress: { fraction: 0.5 } }),
    complete: () => completeTask(tx, { ...report, result: 1 }),
    fail: () => failTask(tx, { ...report, error: `broken ${attempt}`, isFinal: false, random: 0 }),
    failForGood: () => failTask(tx, { ...report, error: `broken ${attempt}`, isFinal: true, random: 0 }),
    suspend: () => suspendTask(tx, report),
    pause: () => pauseTask(tx, { viewer: boss, taskId }),
    resume: () => resumeTask(tx, { viewer: boss, taskId }),
    cancel: () => cancelTask(tx, { viewer: boss, taskId }),
    retry: () => retryTask(tx, { viewer: boss, taskId }),
  };
  return runs[kind]();
}

async function attemptOf(shop: Workshop, work: (tx: Transaction) => unknown): Promise<string> {
  try {
    return (await shop.commit(work)) === 'nothing' ? 'nothing' : 'done';
  } catch (cause) {
    if (BonafideError.is(cause)) return cause.code;
    throw cause;
  }
}

/** Changes the model as the rules say, and says what the caller must be told. */
function expected(
  model: Model,
  acting: Acting & { readonly isHeld: boolean; readonly nowMs: number },
): string {
  const { kind, isHeld, nowMs, worker, attempt } = acting;
  const wasHeldBy = model.holder === worker && model.attempt === attempt;
  switch (kind) {
    case 'claim':
      if (model.status !== 'pending') return 'nothing';
      Object.assign(model, {
        status: 'running',
        holder: worker,
        leaseEnd: nowMs + LEASE_MS,
        failedReport: undefined,
      });
      model.attempt++;
      model.used++;
      return 'done';
    case 'extend':
      if (isHeld) model.leaseEnd = nowMs + LEASE_MS;
      return isHeld ? 'done' : 'CONFLICT';
    case 'progress':
      return isHeld ? 'done' : 'CONFLICT';
    case 'complete':
      if (isHeld) model.status = 'completed';
      return isHeld || (model.status === 'completed' && wasHeldBy) ? 'done' : 'CONFLICT';
    case 'fail':
    case 'failForGood':
      if (!isHeld) return model.failedReport === `${worker} ${attempt}` ? 'done' : 'CONFLICT';
      if (kind === 'failForGood') model.status = 'failed';
      else giveBack(model);
      model.failedReport = `${worker} ${attempt}`;
      return 'done';
    default:
      return managed(model, acting);
  }
}

function managed(model: Model, { kind, isHeld }: Acting & { readonly isHeld: boolean }): string {
  const { status } = model;
  if (kind === 'suspend') {
    if (!isHeld) return 'CONFLICT';
    Object.assign(model, { status: 'paused', used: model.used - 1 });
  } else if (kind === 'pause') {
    if (status === 'paused') return 'done';
    if (status !== 'pending' && status !== 'running') return 'CONFLICT';
    Object.assign(model, { status: 'paused', used: model.used - (status === 'running' ? 1 : 0) });
  } else if (kind === 'resume') {
    if (status !== 'paused') return 'CONFLICT';
    model.status = 'pending';
  } else if (kind === 'cancel') {
    if (status === 'cancelled') return 'done';
    if (finalStatuses.includes(status)) return 'CONFLICT';
    model.status = 'cancelled';
  } else {
    if (status !== 'failed' && status !== 'cancelled' && status !== 'dead') return 'CONFLICT';
    Object.assign(model, { status: 'pending', used: 0 });
  }
  return 'done';
}

function giveBack(model: Model): void {
  model.status = model.used < MAX_ATTEMPTS ? 'pending' : 'dead';
}

function assertSame(task: StoredTask | undefined, model: Model | undefined): void {
  if (!task || !model) throw new Error('out of range');
  const { status, attempt, attemptsBefore, leaseExpiresAt } = task;
  expect({ status, attempt, used: attempt - attemptsBefore }).toEqual({
    status: model.status,
    attempt: model.attempt,
    used: model.used,
  });
  // A lease is there exactly while somebody runs it, and it is that one's.
  expect(leaseExpiresAt !== undefined).toBe(status === 'running');
  if (status === 'running') expect(task.assignedTo).toBe(placeOfWorker(model.holder ?? '').name);
  expect(task.finishedAt !== undefined).toBe(finalStatuses.includes(status));
}
