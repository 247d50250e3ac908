import { BonafideError } from '@bonafide/core/errors';
import {
  accessLevels,
  canonicalAddress,
  MAX_TASK_BYTES,
  parseAddress,
  type Task,
  workspaceOfAddress,
} from '@bonafide/core/models';
import { noteUse, type OnBehalf, readOnBehalf } from '../grants/on-behalf.ts';
import { newId } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import { assertParameters } from '../launches/implementations.ts';
import type { Transaction } from '../ledger.ts';
import { assertMaySend } from '../messages/permissions.ts';
import { assertKept, routeOf } from '../messages/route.ts';
import type { Place } from '../sessions/place.ts';
import type { StoredTask } from '../stores/tasks.ts';
import { SECOND_MS } from '../time.ts';
import { offer, recordChange } from './change.ts';
import { placeTask } from './queues.ts';

/** With more, work is added faster than it is done. */
const MAX_OPEN_TASKS = 100_000;
const DEFAULT_RETRY = { maxAttempts: 5, initialBackoffMs: 1000, maxBackoffMs: 60_000 };
const DEFAULT_PRIORITY = 50;

export interface NewTask {
  readonly taskType: string;
  readonly mode: Task['mode'];
  readonly target?: string | undefined;
  readonly implementation?: string | undefined;
  readonly payload?: Task['payload'];
  readonly metadata?: JsonObject | undefined;
  readonly priority?: number | undefined;
  readonly launchParameters?: JsonObject | undefined;
  readonly retry?: typeof DEFAULT_RETRY | undefined;
  readonly delaySeconds?: number | undefined;
  readonly notify?: string | undefined;
  readonly grantId?: string | undefined;
}

/** Makes a task and offers it to whoever it is for, in the commit that is under way. */
export function createTask(tx: Transaction, creator: Place, input: NewTask): StoredTask {
  assertSize('payload', input.payload);
  assertParameters(input.launchParameters);
  assertParameters(input.metadata);
  assertInside(creator, input);
  if (tx.tables.tasks.getOpenCount(creator.workspace) >= MAX_OPEN_TASKS) {
    throw new BonafideError('LIMIT_EXCEEDED', `A workspace has at most ${MAX_OPEN_TASKS} open tasks.`);
  }
  const task = toTask(tx, { creator, input, onBehalf: actFor(tx, creator, input) });
  tx.tables.tasks.insert(task);
  recordChange(tx, { task, change: 'created' });
  offer(tx, task);
  return task;
}

/** PAYLOAD_TOO_LARGE when the JSON text of a body has more bytes than a task holds. */
export function assertSize(what: 'payload' | 'result', body: Task['payload']): void {
  if (body === undefined || Buffer.byteLength(JSON.stringify(body)) <= MAX_TASK_BYTES) return;
  throw new BonafideError(
    'PAYLOAD_TOO_LARGE',
    `The ${what} of a task has at most ${MAX_TASK_BYTES} bytes as JSON.`,
  );
}

function toTask(
  tx: Transaction,
  { creator, input, onBehalf }: { creator: Place; input: NewTask; onBehalf: OnBehalf | undefined },
): StoredTask {
  const { delaySeconds = 0, launchParameters, notify, payload } = input;
  return {
    ...{ taskId: newId(tx.nowMs), workspace: creator.workspace, taskType: input.taskType, mode: input.mode },
    ...placeTask(creator, input),
    ...(payload === undefined ? {} : { payload }),
    ...{ metadata: input.metadata ?? {}, priority: input.priority ?? DEFAULT_PRIORITY },
    ...{ createdBy: creator.name, createdByActor: creator.actor },
    ...(onBehalf ? { onBehalfOf: onBehalf.address } : {}),
    ...DEFAULT_RETRY,
    ...input.retry,
    ...(launchParameters === undefined ? {} : { launchParameters }),
    ...(notify === undefined ? {} : { notify: canonicalAddress(notify) }),
    ...{ status: 'pending', attempt: 0, attemptsBefore: 0, createdAt: tx.now, updatedAt: tx.now },
    ...(delaySeconds > 0 ? { notBefore: new Date(tx.nowMs + delaySeconds * SECOND_MS).toISOString() } : {}),
  };
}

function actFor(tx: Transaction, creator: Place, { grantId }: NewTask): OnBehalf | undefined {
  const operation = 'tasks.create';
  const level = accessLevels.readwrite;
  const onBehalf = readOnBehalf(tx.tables, creator, { grantId, operation, level, nowMs: tx.nowMs });
  if (onBehalf) noteUse(tx, { ...onBehalf, operation });
  return onBehalf;
}

/** A task, its worker and who is told of its end are in one workspace, and that is told where messages are kept. */
function assertInside(creator: Place, { target, notify }: NewTask): void {
  const { workspace } = creator;
  if (notify !== undefined) assertMayNotify(creator, notify);
  for (const address of [target, notify]) {
    const named = address === undefined ? undefined : workspaceOfAddress(parseAddress(address));
    if (named === undefined || named === workspace) continue;
    throw new BonafideError('FORBIDDEN', `A task stays in its workspace, and ${address} is in another.`);
  }
}

/** To whom the creator could send it itself, or the creator. */
function assertMayNotify({ workspace, name, address: own }: Place, notify: string): void {
  const address = parseAddress(notify);
  const route = routeOf(address, workspace);
  assertKept(route);
  const isOwnWindows = address.type === 'user-windows' && own.type === 'user' && own.user === address.user;
  if (route.name !== name && !isOwnWindows) assertMaySend(own.type, address.type);
}
