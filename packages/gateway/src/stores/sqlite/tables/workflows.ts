import type { DatabaseSync } from 'node:sqlite';
import type { StoredRule, WorkflowRuleTable, WorkflowRunTable, WorkflowTables } from '../../workflows.ts';
import { createSelector, json, optional, orNull, type Row, text } from '../sql.ts';

export function workflowTables(database: DatabaseSync): WorkflowTables {
  return { workflowRules: ruleTable(database), workflowRuns: runTable(database) };
}

const columns = [
  ...['rule_id', 'workspace', 'name', 'trigger', 'actions', 'is_enabled', 'created_by', 'owner'],
  ...[
    'since_event',
    'created_at',
    'updated_at',
    'runs',
    'minute',
    'runs_in_minute',
    'last_run_at',
    'last_error',
  ],
];

function ruleTable(database: DatabaseSync): WorkflowRuleTable {
  const insert = database.prepare(
    `INSERT INTO workflow_rules (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  const changing = columns.slice(2).map((column) => `${column} = ?`);
  const update = database.prepare(
    `UPDATE workflow_rules SET ${changing.join(', ')} WHERE rule_id = ? AND workspace = ?`,
  );
  const remove = database.prepare('DELETE FROM workflow_rules WHERE rule_id = ? AND workspace = ?');
  const get = database.prepare('SELECT * FROM workflow_rules WHERE rule_id = ? AND workspace = ?');
  const count = database.prepare('SELECT count(*) AS count FROM workflow_rules WHERE workspace = ?');
  const enabled = database.prepare(
    'SELECT * FROM workflow_rules WHERE workspace = ? AND is_enabled = 1 ORDER BY rule_id',
  );
  const select = createSelector(database);
  return {
    insert: (rule) => void insert.run(rule.ruleId, rule.workspace, ...changingValues(rule)),
    update: (rule) => void update.run(...changingValues(rule), rule.ruleId, rule.workspace),
    remove: ({ workspace, id }) => void remove.run(id, workspace),
    get({ workspace, id }) {
      const row = get.get(id, workspace);
      return row && toRule(row);
    },
    getCount: (workspace) => Number(count.get(workspace)?.count),
    list: (workspace, { before, limit }) =>
      select({
        from: 'workflow_rules',
        where: [
          ['workspace = ?', workspace],
          ['rule_id < ?', before],
        ],
        orderBy: 'rule_id DESC',
        limit,
      }).map(toRule),
    listEnabled: (workspace) => enabled.all(workspace).map(toRule),
  };
}

function changingValues(rule: StoredRule) {
  const { name, on, actions, isEnabled, createdBy, owner, sinceEvent, createdAt, updatedAt } = rule;
  const { runs, minute, runsInMinute, lastRunAt, lastError } = rule;
  return [
    ...[name, JSON.stringify(on), JSON.stringify(actions), Number(isEnabled), createdBy, owner, sinceEvent],
    ...[createdAt, updatedAt, runs, minute, runsInMinute, orNull(lastRunAt), orNull(lastError)],
  ];
}

function toRule(row: Row): StoredRule {
  return {
    ruleId: text(row, 'rule_id'),
    workspace: text(row, 'workspace'),
    name: text(row, 'name'),
    on: json(row, 'trigger'),
    actions: json(row, 'actions'),
    isEnabled: row.is_enabled === 1,
    createdBy: text(row, 'created_by'),
    owner: text(row, 'owner'),
    sinceEvent: Number(row.since_event),
    createdAt: text(row, 'created_at'),
    updatedAt: text(row, 'updated_at'),
    runs: Number(row.runs),
    minute: Number(row.minute),
    runsInMinute: Number(row.runs_in_minute),
    ...optional(row, 'last_run_at', 'lastRunAt'),
    ...optional(row, 'last_error', 'lastError'),
  };
}

function runTable(database: DatabaseSync): WorkflowRunTable {
  const begin = database.prepare('INSERT OR IGNORE INTO workflow_cursor (only, event_id) VALUES (1, ?)');
  const advance = database.prepare('UPDATE workflow_cursor SET event_id = max(event_id, ?)');
  const forget = database.prepare('DELETE FROM workflow_runs WHERE event_id <= ?');
  const claim = database.prepare('INSERT OR IGNORE INTO workflow_runs (rule_id, event_id) VALUES (?, ?)');
  const cursor = database.prepare('SELECT event_id FROM workflow_cursor');
  const after = database.prepare(
    `SELECT * FROM events WHERE type = 'workflow.event' AND id > ? ORDER BY id LIMIT ?`,
  );
  const getCursor = () => {
    const row = cursor.get();
    return row && Number(row.event_id);
  };
  return {
    begin: (eventId) => void begin.run(eventId),
    advance(eventId) {
      advance.run(eventId);
      forget.run(eventId);
    },
    claim: ({ ruleId, eventId }) =>
      eventId > (getCursor() ?? 0) && Number(claim.run(ruleId, eventId).changes) === 1,
    getCursor,
    listEventsAfter: (id, limit) =>
      after.all(id, limit).map((row) => ({
        id: Number(row.id),
        workspace: text(row, 'workspace'),
        type: text(row, 'type'),
        subject: text(row, 'subject'),
        time: text(row, 'time'),
        data: json(row, 'data'),
      })),
  };
}
