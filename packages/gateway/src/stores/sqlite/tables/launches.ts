import type { DatabaseSync } from 'node:sqlite';
import type {
  ImplementationTable,
  LaunchTable,
  LaunchTables,
  OrchestratorTable,
  StoredImplementation,
  StoredLaunch,
} from '../../launches.ts';
import { createSelector, json, optional, orNull, type Row, text } from '../sql.ts';

export function launchTables(database: DatabaseSync): LaunchTables {
  return {
    implementations: implementationTable(database),
    launches: { ...launchWrites(database), ...launchReads(database) },
    orchestrators: orchestratorTable(database),
  };
}

function implementationTable(database: DatabaseSync): ImplementationTable {
  const put = database.prepare(
    `INSERT INTO implementations (workspace, implementation, profile, launch_parameters, description, task_types,
       max_instances, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET profile = excluded.profile, launch_parameters = excluded.launch_parameters,
       description = excluded.description, task_types = excluded.task_types, max_instances = excluded.max_instances,
       updated_at = excluded.updated_at`,
  );
  const remove = database.prepare('DELETE FROM implementations WHERE workspace = ? AND implementation = ?');
  const get = database.prepare('SELECT * FROM implementations WHERE workspace = ? AND implementation = ?');
  const all = database.prepare('SELECT * FROM implementations ORDER BY workspace, implementation');
  const select = createSelector(database);
  return {
    put(each) {
      put.run(
        ...[each.workspace, each.implementation, each.profile, JSON.stringify(each.launchParameters)],
        ...[orNull(each.description), JSON.stringify(each.taskTypes), each.maxInstances],
        ...[each.createdAt, each.updatedAt],
      );
    },
    remove: (workspace, implementation) => Number(remove.run(workspace, implementation).changes) > 0,
    get(workspace, implementation) {
      const row = get.get(workspace, implementation);
      return row && toImplementation(row);
    },
    list: (workspace, { after, limit }) =>
      select({
        from: 'implementations',
        where: [
          ['workspace = ?', workspace],
          ['implementation > ?', after],
        ],
        orderBy: 'implementation',
        limit,
      }).map(toImplementation),
    listAll: () => all.all().map(toImplementation),
  };
}

function toImplementation(row: Row): StoredImplementation {
  return {
    workspace: text(row, 'workspace'),
    implementation: text(row, 'implementation'),
    profile: text(row, 'profile'),
    launchParameters: json(row, 'launch_parameters'),
    ...optional(row, 'description', 'description'),
    taskTypes: json(row, 'task_types'),
    maxInstances: Number(row.max_instances),
    createdAt: text(row, 'created_at'),
    updatedAt: text(row, 'updated_at'),
  };
}

function launchWrites(database: DatabaseSync): Pick<LaunchTable, 'insert' | 'update' | 'prune'> {
  const insert = database.prepare(
    `INSERT INTO launches (status, orchestrator, reason, failures, failed_with, token_id, due_at, updated_at,
       launch_id, workspace, implementation, address, is_pooled, profile, launch_parameters, task_id, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = database.prepare(
    `UPDATE launches SET status = ?, orchestrator = ?, reason = ?, failures = ?, failed_with = ?, token_id = ?,
       due_at = ?, updated_at = ?
     WHERE launch_id = ? AND workspace = ? AND status = ? AND orchestrator IS ? AND failures = ?`,
  );
  const prune = database.prepare(
    `DELETE FROM launches WHERE status NOT IN ('waiting', 'assigned') AND updated_at < ?`,
  );
  return {
    insert(launch) {
      insert.run(
        ...changing(launch),
        ...[
          launch.launchId,
          launch.workspace,
          launch.implementation,
          launch.address,
          launch.isPooled ? 1 : 0,
        ],
        ...[launch.profile, JSON.stringify(launch.launchParameters), orNull(launch.taskId), launch.createdAt],
      );
    },
    update(launch, { status, orchestrator, failures }) {
      const fence = [launch.launchId, launch.workspace, status, orNull(orchestrator), failures];
      return Number(update.run(...changing(launch), ...fence).changes) > 0;
    },
    prune(before) {
      prune.run(before);
    },
  };
}

function launchReads(database: DatabaseSync): Omit<LaunchTable, 'insert' | 'update' | 'prune'> {
  const get = database.prepare('SELECT * FROM launches WHERE launch_id = ? AND workspace = ?');
  const findOpen = database.prepare(
    `SELECT * FROM launches WHERE workspace = ? AND address = ? AND status IN ('waiting', 'assigned')`,
  );
  const listOpen = database.prepare(
    `SELECT * FROM launches WHERE status IN ('waiting', 'assigned') ORDER BY launch_id`,
  );
  const select = createSelector(database);
  return {
    get({ workspace, id }) {
      const row = get.get(id, workspace);
      return row && toLaunch(row);
    },
    findOpen(workspace, address) {
      const row = findOpen.get(workspace, address);
      return row && toLaunch(row);
    },
    ...launchCounts(database),
    list: (workspace, { status }, { before, limit }) =>
      select({
        from: 'launches',
        where: [
          ['workspace = ?', workspace],
          ['status = ?', status],
          ['launch_id < ?', before],
        ],
        orderBy: 'launch_id DESC',
        limit,
      }).map(toLaunch),
    listOpen: () => listOpen.all().map(toLaunch),
  };
}

function launchCounts(
  database: DatabaseSync,
): Pick<LaunchTable, 'getOpenCount' | 'getAssignedCount' | 'getGivenUpAt'> {
  const ofPool = database.prepare(
    `SELECT count(*) AS count FROM launches WHERE workspace = ? AND implementation = ? AND is_pooled = 1
     AND status IN ('waiting', 'assigned')`,
  );
  const assigned = database.prepare(
    `SELECT count(*) AS count FROM launches WHERE workspace = ? AND orchestrator = ? AND status = 'assigned'`,
  );
  const givenUp = database.prepare(
    `SELECT max(updated_at) AS at FROM launches WHERE workspace = ?1 AND implementation = ?2
     AND status IN ('failed', 'expired') AND CASE WHEN ?3 IS NULL THEN is_pooled = 1 ELSE address = ?3 END`,
  );
  return {
    getOpenCount: (workspace, implementation) => Number(ofPool.get(workspace, implementation)?.count ?? 0),
    getAssignedCount: (workspace, orchestrator) => Number(assigned.get(workspace, orchestrator)?.count ?? 0),
    getGivenUpAt({ workspace, implementation, address }) {
      const at = givenUp.get(workspace, implementation, orNull(address))?.at;
      return typeof at === 'string' ? at : undefined;
    },
  };
}

function changing(launch: StoredLaunch) {
  const { status, orchestrator, reason, failures, failedWith, tokenId, dueAt, updatedAt } = launch;
  return [
    ...[status, orNull(orchestrator), orNull(reason), failures, JSON.stringify(failedWith)],
    ...[orNull(tokenId), dueAt, updatedAt],
  ];
}

function toLaunch(row: Row): StoredLaunch {
  return {
    launchId: text(row, 'launch_id'),
    workspace: text(row, 'workspace'),
    implementation: text(row, 'implementation'),
    address: text(row, 'address'),
    isPooled: row.is_pooled === 1,
    profile: text(row, 'profile'),
    launchParameters: json(row, 'launch_parameters'),
    ...optional(row, 'orchestrator', 'orchestrator'),
    status: text(row, 'status') as StoredLaunch['status'],
    ...optional(row, 'reason', 'reason'),
    ...optional(row, 'task_id', 'taskId'),
    failures: Number(row.failures),
    failedWith: json(row, 'failed_with'),
    ...optional(row, 'token_id', 'tokenId'),
    dueAt: text(row, 'due_at'),
    createdAt: text(row, 'created_at'),
    updatedAt: text(row, 'updated_at'),
  };
}

function orchestratorTable(database: DatabaseSync): OrchestratorTable {
  const put = database.prepare(
    `INSERT OR REPLACE INTO orchestrators (workspace, address, session_id, profiles) VALUES (?, ?, ?, ?)`,
  );
  const remove = database.prepare('DELETE FROM orchestrators WHERE session_id = ?');
  const list = database.prepare('SELECT * FROM orchestrators WHERE workspace = ? ORDER BY address');
  return {
    put({ workspace, address, sessionId, profiles }) {
      put.run(workspace, address, sessionId, JSON.stringify(profiles));
    },
    remove(sessionId) {
      remove.run(sessionId);
    },
    list: (workspace) =>
      list.all(workspace).map((row) => ({
        workspace: text(row, 'workspace'),
        address: text(row, 'address'),
        sessionId: text(row, 'session_id'),
        profiles: json(row, 'profiles'),
      })),
  };
}
