import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqliteStore } from '../open.ts';
import { forgottenTables, workspaceDataTables } from './workspace-data.ts';

/** What stays of a closed workspace: evidence, who was there, and what is settled with its credentials. */
const kept = [
  ...[
    'tokens',
    'agents',
    'members',
    'invitations',
    'audit',
    'audit_pruned',
    'events',
    'actions',
    'approvals',
  ],
  ...[
    'artifacts',
    'answers',
    'relayed_transactions',
    'policies',
    'active_policies',
    'capabilities',
    'alerts',
  ],
  ...['tallies', 'trust_scores', 'trust_history', 'feedback', 'violations', 'webhooks', 'deliveries'],
  ...['mcp_servers', 'mcp_attestations', 'inboxes', 'sessions', 'claims'],
];
const [GONE, OTHER] = ['gone', 'gone-not'];

let folder: string;
let database: DatabaseSync;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bonafide-forget-'));
  const path = join(folder, 'store.db');
  await openSqliteStore(path).close();
  database = new DatabaseSync(path);
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

/** A row with something in every column that needs something; numbers count up. */
function insert(table: string, given: Record<string, string | number>): void {
  const columns = database.prepare(`PRAGMA table_info(${table})`).all();
  const count = Number(database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.count);
  const row = Object.fromEntries(
    columns
      .filter(({ notnull, pk }) => notnull === 1 || pk !== 0)
      .map(({ name, type }) => [String(name), type === 'INTEGER' ? count + 1 : `x${count}`]),
  );
  const full = { ...row, ...given };
  const names = Object.keys(full);
  const marks = names.map(() => '?').join();
  database.prepare(`INSERT INTO ${table} (${names.join()}) VALUES (${marks})`).run(...Object.values(full));
}

const countOf = (table: string, where: string) =>
  Number(database.prepare(`SELECT count(*) AS count FROM ${table} WHERE ${where}`).get()?.count);

it('decides about every table that has a workspace', () => {
  const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all();
  const owned = tables
    .map(({ name }) => String(name))
    .filter((name) =>
      database
        .prepare(`PRAGMA table_info(${name})`)
        .all()
        .some((column) => column.name === 'workspace'),
    );
  expect(owned.toSorted()).toEqual([...kept, ...forgottenTables].toSorted());
});

it('leaves no row of the workspace in the tables of coordination, and every row of the others', () => {
  for (const workspace of [GONE, OTHER]) {
    for (const table of forgottenTables) insert(table, { workspace });
    insert('tasks', { workspace, task_id: `task-${workspace}` });
    insert('task_payloads', { task_id: `task-${workspace}`, payload: 'secret' });
    insert('workflow_rules', { workspace, rule_id: `rule-${workspace}` });
    insert('workflow_runs', { rule_id: `rule-${workspace}`, event_id: 1 });
  }
  workspaceDataTables(database).workspaceData.forget(GONE);
  for (const table of forgottenTables) {
    expect(countOf(table, `workspace = '${GONE}'`), table).toBe(0);
    expect(countOf(table, `workspace = '${OTHER}'`), table).toBeGreaterThan(0);
  }
  expect(database.prepare('SELECT task_id FROM task_payloads').all()).toEqual([{ task_id: `task-${OTHER}` }]);
  expect(database.prepare('SELECT rule_id FROM workflow_runs').all()).toEqual([{ rule_id: `rule-${OTHER}` }]);
});

it('removes messages and keys, but gives no number twice', () => {
  const namespacesOf = (workspace: string) => [
    ...[
      `workspace/${workspace}`,
      `global/${workspace}`,
      `user/${workspace}/ann`,
      `user-workspace/${workspace}/ann`,
    ],
  ];
  const sequences: Record<string, number> = { [OTHER]: 1, [GONE]: 10 };
  for (const workspace of [OTHER, GONE]) {
    const sequence = sequences[workspace] ?? 0;
    insert('inboxes', { workspace, inbox_id: sequence, pending: 2 });
    for (const at of [sequence, sequence + 1]) {
      insert('messages', {
        sequence: at,
        inbox_id: sequence,
        is_pending: 1,
        message_id: `m${at}`,
        body: 'secret',
      });
    }
    namespacesOf(workspace).forEach((namespace, index) => {
      insert('kv_entries', { namespace, key: 'k', value: 'secret' });
      insert('kv_namespaces', { namespace });
      insert('kv_changes', { sequence: sequence + index, namespace, value: 'secret' });
    });
  }
  workspaceDataTables(database).workspaceData.forget(GONE);
  expect(database.prepare('SELECT sequence, is_pending, body FROM messages').all()).toEqual([
    { sequence: 1, is_pending: 1, body: 'secret' },
    { sequence: 2, is_pending: 1, body: 'secret' },
    { sequence: 11, is_pending: 0, body: '' },
  ]);
  for (const table of ['kv_entries', 'kv_namespaces']) {
    const rows = database.prepare(`SELECT namespace FROM ${table}`).all();
    expect(rows.map(({ namespace }) => namespace).toSorted(), table).toEqual(namespacesOf(OTHER).toSorted());
  }
  expect(database.prepare('SELECT sequence FROM kv_changes WHERE value IS NOT NULL').all()).toHaveLength(4);
  expect(countOf('kv_changes', '1')).toBe(5);
});
