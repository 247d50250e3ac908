import type { DatabaseSync } from 'node:sqlite';
import { BonafideError } from '@bonafide/core/errors';
import { initial } from './migrations/0001-initial.ts';
import { chain } from './migrations/0002-chain.ts';
import { decisions } from './migrations/0003-decisions.ts';
import { auditTree } from './migrations/0004-audit-tree.ts';
import { trustAndAlerts } from './migrations/0005-trust-and-alerts.ts';
import { people } from './migrations/0006-people.ts';
import { webhooks } from './migrations/0007-webhooks.ts';
import { mcpServers } from './migrations/0008-mcp-servers.ts';
import { compliance } from './migrations/0009-compliance.ts';
import { keeper } from './migrations/0010-keeper.ts';
import { messages } from './migrations/0011-messages.ts';
import { sessions } from './migrations/0012-sessions.ts';
import { kv } from './migrations/0013-kv.ts';
import { checkpoints } from './migrations/0014-checkpoints.ts';
import { tasks } from './migrations/0015-tasks.ts';
import { launches } from './migrations/0016-launches.ts';
import { workflows } from './migrations/0017-workflows.ts';
import { acl } from './migrations/0018-acl.ts';
import { grants } from './migrations/0019-grants.ts';
import { peers } from './migrations/0020-peers.ts';

/** SQL, or a step that SQL cannot say. */
type Migration = string | ((database: DatabaseSync) => void);

/** In order, forever: a published migration is never edited, the next one is appended. */
const migrations: readonly Migration[] = [
  initial,
  chain,
  decisions,
  auditTree,
  trustAndAlerts,
  people,
  webhooks,
  mcpServers,
  compliance,
  keeper,
  messages,
  sessions,
  kv,
  checkpoints,
  tasks,
  launches,
  workflows,
  acl,
  grants,
  peers,
];

/** Brings the schema to the newest version; refuses a database written by a newer gateway. */
export function migrate(database: DatabaseSync): void {
  const version = currentVersion(database);
  if (version > migrations.length) {
    throw new BonafideError(
      'UNSUPPORTED',
      `The database has schema ${version}, this gateway knows ${migrations.length}. Use the newer gateway.`,
    );
  }
  migrations.slice(version).forEach((migration, index) => {
    apply(database, { migration, version: version + index + 1 });
  });
}

// Two gateways may start on one file: the version is read again under the write lock.
function apply(
  database: DatabaseSync,
  { migration, version }: { readonly migration: Migration; readonly version: number },
): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    if (currentVersion(database) < version) {
      if (typeof migration === 'string') database.exec(migration);
      else migration(database);
      database.exec(`PRAGMA user_version = ${version}`);
    }
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function currentVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
}
