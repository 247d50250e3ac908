import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { AuditTable, Store, Tables } from '../store.ts';
import { createMemo, type Memo } from './memo.ts';
import { migrate } from './migrate.ts';
import { aclTables } from './tables/acl.ts';
import { actionTable } from './tables/actions.ts';
import { agentTable } from './tables/agents.ts';
import { approvalTable } from './tables/approvals.ts';
import { artifactTable } from './tables/artifacts.ts';
import { auditTable } from './tables/audit.ts';
import { auditTreeTables } from './tables/audit-tree.ts';
import { chainTables } from './tables/chain.ts';
import { checkpointTables } from './tables/checkpoints.ts';
import { complianceTables } from './tables/compliance.ts';
import { decisionTables } from './tables/decisions.ts';
import { eventTable } from './tables/events.ts';
import { grantTables } from './tables/grants.ts';
import { keeperTables } from './tables/keeper.ts';
import { kvTables } from './tables/kv.ts';
import { launchTables } from './tables/launches.ts';
import { mcpServerTables } from './tables/mcp-servers.ts';
import { messageTables } from './tables/messages.ts';
import { peerTables } from './tables/peers.ts';
import { peopleTables } from './tables/people.ts';
import { answerTable, nonceTable } from './tables/requests.ts';
import { sessionTables } from './tables/sessions.ts';
import { taskTables } from './tables/tasks.ts';
import { tokenTable, workspaceTable } from './tables/tokens.ts';
import { trustTables } from './tables/trust.ts';
import { violationTables } from './tables/violations.ts';
import { webhookTables } from './tables/webhooks.ts';
import { workflowTables } from './tables/workflows.ts';
import { workspaceDataTables } from './tables/workspace-data.ts';
import { createWriter } from './writer.ts';

/** Index pages that do not fit are read again for every insert. */
const CACHE_KIB = 64 * 1024;

/** Opens the database file, making it (readable by its owner only) and migrating it when needed. */
export function openSqliteStore(path: string): Store {
  closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path);
  for (const pragma of [
    'busy_timeout = 5000',
    'journal_mode = WAL',
    'synchronous = FULL',
    'wal_autocheckpoint = 0',
    `cache_size = -${CACHE_KIB}`,
  ]) {
    database.exec(`PRAGMA ${pragma}`);
  }
  migrate(database);
  const audit = auditTable(database);
  const memo = createMemo(database);
  const tables = createTables(database, { audit, memo });
  const writer = createWriter(database, {
    onBegin: memo.check,
    onRollback() {
      audit.forget();
      memo.forget();
    },
  });
  const checkpointer = startCheckpointer(path);
  return {
    read: tables,
    async commit(work) {
      const result = await writer.commit(() => work(tables));
      checkpointer.count();
      return result;
    },
    isWritable: () => isWritable(database),
    async close() {
      writer.flush();
      await checkpointer.stop();
      database.close();
    },
  };
}

function createTables(
  database: DatabaseSync,
  { audit, memo }: { readonly audit: AuditTable; readonly memo: Memo },
): Tables {
  const { policies, capabilities } = decisionTables(database);
  const { trustScores, ...trust } = trustTables(database);
  const { acl } = aclTables(database);
  return {
    // What every decision reads.
    workspaces: memo.over(workspaceTable(database), ['getSettings', 'getTenant']),
    acl: memo.over(acl, ['getRevision']),
    agents: memo.over(agentTable(database), ['getStatusOfKey']),
    policies: memo.over(policies, ['listActive']),
    capabilities: memo.over(capabilities, ['listGranted']),
    trustScores: memo.over(trustScores, ['getScore']),
    tokens: tokenTable(database),
    actions: actionTable(database),
    approvals: approvalTable(database),
    audit,
    events: eventTable(database),
    artifacts: artifactTable(database),
    nonces: nonceTable(database),
    answers: answerTable(database),
    ...chainTables(database),
    ...auditTreeTables(database),
    ...trust,
    ...peopleTables(database),
    ...violationTables(database),
    ...webhookTables(database),
    ...mcpServerTables(database),
    ...complianceTables(database),
    ...keeperTables(database),
    ...messageTables(database),
    ...sessionTables(database),
    ...kvTables(database),
    ...checkpointTables(database),
    ...taskTables(database),
    ...launchTables(database),
    ...workflowTables(database),
    ...grantTables(database),
    ...peerTables(database),
    ...workspaceDataTables(database),
  };
}

function isWritable(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN IMMEDIATE; ROLLBACK');
    return true;
  } catch {
    return false;
  }
}

function startCheckpointer(path: string): { count(): void; stop(): Promise<void> } {
  const commits = new Int32Array(new SharedArrayBuffer(4));
  // The emitted file is JavaScript, the one in the source tree TypeScript; a URL is not rewritten by the compiler.
  const file = import.meta.url.endsWith('.ts') ? './checkpointer.ts' : './checkpointer.js';
  const worker = new Worker(new URL(file, import.meta.url), { workerData: { path, commits } });
  worker.unref();
  return {
    count() {
      Atomics.add(commits, 0, 1);
    },
    stop: () =>
      new Promise((resolve) => {
        // Held again, or the process could end before the worker has closed the file.
        worker.ref();
        worker.once('exit', () => resolve());
        worker.postMessage('stop');
      }),
  };
}
