import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { StoredTask, TaskTable, TaskTables } from '../../tasks.ts';
import { createSelector, json, optional, orNull, type Row, text } from '../sql.ts';

export function taskTables(database: DatabaseSync): TaskTables {
  return { tasks: { ...taskWrites(database), ...taskReads(database), ...leases(database) } };
}

const fixed = [
  ...['task_id', 'workspace', 'task_type', 'mode', 'queue', 'target', 'payload', 'metadata', 'priority'],
  ...['created_by', 'created_by_actor', 'on_behalf_of', 'max_attempts', 'initial_backoff_ms'],
  ...['max_backoff_ms', 'launch_parameters', 'notify', 'created_at'],
];
const changing = [
  ...['status', 'attempt', 'attempts_before', 'assigned_to', 'session_id', 'gateway_id', 'lease_expires_at'],
  ...['not_before', 'progress', 'result', 'error', 'updated_at', 'finished_at'],
];

/** Longer ones lie beside the row. */
const MAX_INLINE_CHARACTERS = 2048;
const isOpen = ({ status }: Pick<StoredTask, 'status'>) =>
  status === 'pending' || status === 'running' || status === 'paused';

function taskWrites(database: DatabaseSync): Pick<TaskTable, 'insert' | 'update' | 'prune'> {
  const columns = [...fixed, ...changing];
  const insert = database.prepare(
    `INSERT INTO tasks (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  const insertPayload = database.prepare('INSERT INTO task_payloads (task_id, payload) VALUES (?, ?)');
  const update = database.prepare(
    `UPDATE tasks SET ${changing.map((name) => `${name} = ?`).join(', ')}
     WHERE task_id = ? AND workspace = ? AND status = ? AND attempt = ?`,
  );
  const count = database.prepare(
    `INSERT INTO task_counts (workspace, open) VALUES (?, ?)
     ON CONFLICT DO UPDATE SET open = open + excluded.open`,
  );
  return {
    insert(task) {
      const payload = toJson(task.payload);
      const isInline = payload === null || payload.length <= MAX_INLINE_CHARACTERS;
      insert.run(...fixedValues(task, isInline ? payload : null), ...changingValues(task));
      if (!isInline) insertPayload.run(task.taskId, payload);
      if (isOpen(task)) count.run(task.workspace, 1);
    },
    update(task, fence) {
      const { taskId, workspace } = task;
      const { changes } = update.run(
        ...changingValues(task),
        ...[taskId, workspace, fence.status, fence.attempt],
      );
      if (Number(changes) === 0) return false;
      if (isOpen(fence) !== isOpen(task)) count.run(workspace, isOpen(task) ? 1 : -1);
      return true;
    },
    prune: pruneTasks(database),
  };
}

function pruneTasks(database: DatabaseSync): TaskTable['prune'] {
  const over = 'status = ? AND finished_at < ?';
  const prunePayloads = database.prepare(
    `DELETE FROM task_payloads WHERE task_id IN (SELECT task_id FROM tasks WHERE ${over})`,
  );
  const prune = database.prepare(`DELETE FROM tasks WHERE ${over}`);
  return ({ finishedBefore, failedBefore }) => {
    for (const [status, before] of [
      ['completed', finishedBefore],
      ['cancelled', finishedBefore],
      ['failed', failedBefore],
      ['dead', failedBefore],
    ] as const) {
      prunePayloads.run(status, before);
      prune.run(status, before);
    }
  };
}

const CLAIMABLE = `workspace = ? AND queue = ? AND status = 'pending' AND not_before IS NULL`;
const TYPED = 'task_type IN (SELECT value FROM json_each(?))';

type ReadNames =
  | 'get'
  | 'list'
  | 'listClaimable'
  | 'listClaimableQueues'
  | 'getClaimableCount'
  | 'getBusyCount'
  | 'getOpenCount';

function taskReads(database: DatabaseSync): Pick<TaskTable, ReadNames> {
  const get = database.prepare(`SELECT * FROM tasks WHERE task_id = ? AND workspace = ?`);
  const getOpen = database.prepare('SELECT open FROM task_counts WHERE workspace = ?');
  const busy = database.prepare(
    `SELECT count(DISTINCT assigned_to) AS busy FROM tasks WHERE workspace = ? AND queue = ? AND status = 'running'`,
  );
  const toTask = createToTask(database);
  const select = createSelector(database);
  return {
    get({ workspace, id }) {
      const row = get.get(id, workspace);
      return row && toTask(row);
    },
    list: (query, { before, limit }) =>
      select({
        from: 'tasks',
        where: [
          ['workspace = ?', query.workspace],
          ['status = ?', query.status],
          ['task_type = ?', query.taskType],
          ['created_by = ?', query.createdBy],
          ['assigned_to = ?', query.assignedTo],
          [
            'EXISTS (SELECT 1 FROM json_each(?) WHERE value IN (created_by, created_by_actor, assigned_to, target))',
            query.party && JSON.stringify([query.party.name, query.party.actor]),
          ],
          ['task_id < ?', before],
        ],
        orderBy: 'task_id DESC',
        limit,
      }).map(toTask),
    getBusyCount: (workspace, queue) => Number(busy.get(workspace, queue)?.busy ?? 0),
    getOpenCount: (workspace) => Number(getOpen.get(workspace)?.open ?? 0),
    ...claimableReads(database),
  };
}

function claimableReads(
  database: DatabaseSync,
): Pick<TaskTable, 'listClaimable' | 'listClaimableQueues' | 'getClaimableCount'> {
  const order = 'ORDER BY priority DESC, task_id LIMIT ?';
  const listed = 'SELECT task_id, priority, task_type FROM tasks';
  const list = database.prepare(`${listed} WHERE ${CLAIMABLE} ${order}`);
  const listTyped = database.prepare(`${listed} WHERE ${CLAIMABLE} AND ${TYPED} ${order}`);
  const queues = database.prepare(
    `SELECT DISTINCT queue FROM tasks WHERE workspace = ? AND queue >= ? AND queue < ?
     AND status = 'pending' AND not_before IS NULL LIMIT ?`,
  );
  const counted = (where: string) =>
    database.prepare(`SELECT count(*) AS count FROM (SELECT 1 FROM tasks WHERE ${where} LIMIT ?)`);
  const count = counted(CLAIMABLE);
  const countTyped = counted(`${CLAIMABLE} AND ${TYPED}`);
  return {
    listClaimable: ({ workspace, queue, taskTypes, limit }) =>
      (taskTypes
        ? listTyped.all(workspace, queue, JSON.stringify(taskTypes), limit)
        : list.all(workspace, queue, limit)
      ).map((row) => ({
        taskId: text(row, 'task_id'),
        priority: Number(row.priority),
        taskType: text(row, 'task_type'),
      })),
    listClaimableQueues: (workspace, { prefix, limit }) =>
      queues.all(workspace, prefix, `${prefix}\u{10ffff}`, limit).map((row) => text(row, 'queue')),
    getClaimableCount: ({ workspace, queue, taskTypes, limit }) =>
      Number(
        (taskTypes
          ? countTyped.get(workspace, queue, JSON.stringify(taskTypes), limit)
          : count.get(workspace, queue, limit)
        )?.count ?? 0,
      ),
  };
}

type LeaseNames =
  | 'listExpired'
  | 'listDue'
  | 'listOfSessions'
  | 'listHeldSessions'
  | 'renewLeases'
  | 'endLeases';

function leases(database: DatabaseSync): Pick<TaskTable, LeaseNames> {
  const expired = database.prepare(
    `SELECT task_id, workspace FROM tasks WHERE status = 'running' AND lease_expires_at <= ?
     ORDER BY lease_expires_at LIMIT ?`,
  );
  const due = database.prepare(
    `SELECT task_id, workspace FROM tasks WHERE status = 'pending' AND not_before IS NOT NULL AND not_before <= ?
     ORDER BY not_before LIMIT ?`,
  );
  const ofSessions = database.prepare(
    `SELECT * FROM tasks WHERE workspace = ? AND assigned_to = ? AND status = 'running' AND session_id IS NOT NULL`,
  );
  const held = database.prepare(
    `SELECT DISTINCT session_id FROM tasks WHERE gateway_id = ? AND status = 'running'`,
  );
  const renew = database.prepare(
    `UPDATE tasks SET lease_expires_at = ? WHERE gateway_id = ? AND status = 'running'`,
  );
  const end = database.prepare(
    `UPDATE tasks SET lease_expires_at = ?, gateway_id = NULL
     WHERE gateway_id = ? AND session_id = ? AND status = 'running'`,
  );
  const toTask = createToTask(database);
  const toKey = (row: Row) => ({ workspace: text(row, 'workspace'), id: text(row, 'task_id') });
  return {
    listExpired: (now, limit) => expired.all(now, limit).map(toKey),
    listDue: (now, limit) => due.all(now, limit).map(toKey),
    listOfSessions: (workspace, address) => ofSessions.all(workspace, address).map(toTask),
    listHeldSessions: (gatewayId) => held.all(gatewayId).map((row) => text(row, 'session_id')),
    renewLeases(gatewayId, leaseExpiresAt) {
      renew.run(leaseExpiresAt, gatewayId);
    },
    endLeases({ gatewayId, sessionId }, leaseExpiresAt) {
      end.run(leaseExpiresAt, gatewayId, sessionId);
    },
  };
}

function fixedValues(task: StoredTask, payload: string | null): SQLInputValue[] {
  return [
    ...[task.taskId, task.workspace, task.taskType, task.mode, task.queue, orNull(task.target), payload],
    ...[JSON.stringify(task.metadata), task.priority, task.createdBy, task.createdByActor],
    ...[orNull(task.onBehalfOf), task.maxAttempts, task.initialBackoffMs, task.maxBackoffMs],
    ...[toJson(task.launchParameters), orNull(task.notify), task.createdAt],
  ];
}

function changingValues(task: StoredTask): SQLInputValue[] {
  return [
    ...[task.status, task.attempt, task.attemptsBefore, orNull(task.assignedTo), orNull(task.sessionId)],
    ...[orNull(task.gatewayId), orNull(task.leaseExpiresAt), orNull(task.notBefore), toJson(task.progress)],
    ...[toJson(task.result), orNull(task.error), task.updatedAt, orNull(task.finishedAt)],
  ];
}

function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function parsed<Name extends string>(name: Name, value: SQLOutputValue | undefined) {
  return (typeof value === 'string' ? { [name]: JSON.parse(value) } : {}) as { [Key in Name]?: never };
}

function createToTask(database: DatabaseSync): (row: Row) => StoredTask {
  const getPayload = database.prepare('SELECT payload FROM task_payloads WHERE task_id = ?');
  return (row) => {
    const payload = row.payload ?? getPayload.get(text(row, 'task_id'))?.payload;
    return { ...toFixed(row), ...parsed('payload', payload), ...toChanging(row) };
  };
}

function toFixed(row: Row) {
  return {
    taskId: text(row, 'task_id'),
    workspace: text(row, 'workspace'),
    taskType: text(row, 'task_type'),
    mode: text(row, 'mode') as StoredTask['mode'],
    queue: text(row, 'queue'),
    ...optional(row, 'target', 'target'),
    metadata: json<StoredTask['metadata']>(row, 'metadata'),
    priority: Number(row.priority),
    createdBy: text(row, 'created_by'),
    createdByActor: text(row, 'created_by_actor'),
    ...optional(row, 'on_behalf_of', 'onBehalfOf'),
    maxAttempts: Number(row.max_attempts),
    initialBackoffMs: Number(row.initial_backoff_ms),
    maxBackoffMs: Number(row.max_backoff_ms),
    ...parsed('launchParameters', row.launch_parameters),
    ...optional(row, 'notify', 'notify'),
    createdAt: text(row, 'created_at'),
  };
}

function toChanging(row: Row) {
  return {
    status: text(row, 'status') as StoredTask['status'],
    attempt: Number(row.attempt),
    attemptsBefore: Number(row.attempts_before),
    ...optional(row, 'assigned_to', 'assignedTo'),
    ...optional(row, 'session_id', 'sessionId'),
    ...optional(row, 'gateway_id', 'gatewayId'),
    ...optional(row, 'lease_expires_at', 'leaseExpiresAt'),
    ...optional(row, 'not_before', 'notBefore'),
    ...parsed('progress', row.progress),
    ...parsed('result', row.result),
    ...optional(row, 'error', 'error'),
    updatedAt: text(row, 'updated_at'),
    ...optional(row, 'finished_at', 'finishedAt'),
  };
}
