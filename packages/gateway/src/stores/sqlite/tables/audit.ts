import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { createFrontier, type Frontier, HASH_BYTES, hashEntry } from '@bonafide/core/audit';
import { BonafideError } from '@bonafide/core/errors';
import { canonicalize } from '@bonafide/core/identity';
import type { AuditEntry } from '@bonafide/core/models';
import type { AuditTable, NewAuditEntry } from '../../store.ts';
import { createSelector, json, optional, orNull, type Row, text } from '../sql.ts';
import { auditTreeTable } from './audit-tree.ts';

/** How many workspaces keep the right edge of their tree in memory. */
const CACHED_FRONTIERS = 1000;

/** The log, and what makes it forget what a rollback undid. */
export function auditTable(database: DatabaseSync): AuditTable & { forget(): void } {
  const insert = database.prepare(
    `INSERT INTO audit (workspace, sequence, hashes, at, actor, event, subject, request_id, agent_id, action, data_digest, data)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const frontiers = createFrontiers(database);
  const select = createSelector(database);
  const exported = database.prepare(
    'SELECT * FROM audit WHERE workspace = ? AND sequence BETWEEN ? AND ? ORDER BY sequence',
  );
  const row = (entry: NewAuditEntry, { data, dataDigest }: { data: string; dataDigest: string }) => {
    const { workspace, at, actor, event, subject, requestId } = entry;
    const frontier = frontiers.get(workspace);
    const sequence = frontier.size + 1;
    const leafHash = hashEntry({
      ...{ workspace, at, actor, event, subject, requestId },
      sequence,
      dataDigest,
    });
    const [agentId, action] = [agentOf(entry), textIn(entry.data, 'action')];
    const hashes = joined(frontier.append(leafHash));
    const fixed = [workspace, sequence, hashes, at, actor, event, subject] as const;
    insert.run(...fixed, orNull(requestId), orNull(agentId), orNull(action), dataDigest, data);
    return { workspace, sequence, at, leafHash };
  };
  return {
    ...retention(database),
    forget: frontiers.forget,
    listLeaves: ({ workspace, fromSequence, throughSequence }) =>
      exported
        .all(workspace, fromSequence, throughSequence)
        .map((row) => ({ entry: toEntry(row), leafHash: leafOf(row) })),
    append(entry) {
      const data = canonicalize(entry.data);
      const digested = { data, dataDigest: hash('sha256', data, 'base64url') };
      try {
        return row(entry, digested);
      } catch (error) {
        frontiers.forget();
        if (!isTaken(error)) throw error;
        // Another gateway on this file appended meanwhile. It cannot again: we hold the write lock.
        return row(entry, digested);
      }
    },
    list: ({ workspace, agentId, action, actor, event, subject, from, to }, page) =>
      select({
        from: 'audit',
        where: [
          ['workspace = ?', workspace],
          'after' in page ? ['sequence > ?', page.after] : ['sequence < ?', page.before],
          ['agent_id = ?', agentId],
          ['action = ?', action],
          ['actor = ?', actor],
          ['event = ?', event],
          ['subject = ?', subject],
          ['at >= ?', from],
          ['at <= ?', to],
        ],
        orderBy: 'after' in page ? 'sequence' : 'sequence DESC',
        limit: page.limit,
      }).map(toEntry),
  };
}

/** The right edges of the trees that were appended to; they read nothing, and hash log2(size) times at most. */
function createFrontiers(database: DatabaseSync): { get(workspace: string): Frontier; forget(): void } {
  const tree = auditTreeTable(database);
  const known = new Map<string, Frontier>();
  const load = (workspace: string) =>
    createFrontier({
      size: tree.getSize(workspace),
      read(level, position) {
        const node = tree.getNode({ workspace, level, position });
        if (node) return node;
        throw new BonafideError('INTERNAL', `The audit log of ${workspace} lacks a node of its tree.`);
      },
    });
  return {
    get(workspace) {
      const frontier = known.get(workspace) ?? load(workspace);
      if (known.size >= CACHED_FRONTIERS) known.clear();
      known.set(workspace, frontier);
      return frontier;
    },
    forget: () => known.clear(),
  };
}

function retention(database: DatabaseSync): Pick<AuditTable, 'listWorkspaces' | 'prune'> {
  // Skips from name to name; DISTINCT would read the whole index.
  const workspaces = database.prepare(
    `WITH RECURSIVE names (name) AS (
       SELECT min(workspace) FROM audit
       UNION ALL SELECT (SELECT min(workspace) FROM audit WHERE workspace > name) FROM names WHERE name IS NOT NULL
     ) SELECT name FROM names WHERE name IS NOT NULL`,
  );
  const prunedThrough = database.prepare('SELECT through_sequence FROM audit_pruned WHERE workspace = ?');
  const setPruned = database.prepare('INSERT OR REPLACE INTO audit_pruned VALUES (?, ?)');
  const next = database.prepare(
    'SELECT sequence, at FROM audit WHERE workspace = ? AND sequence > ? ORDER BY sequence LIMIT ?',
  );
  const remove = database.prepare(
    'UPDATE audit SET data = NULL WHERE workspace = ? AND sequence BETWEEN ? AND ?',
  );
  return {
    listWorkspaces: () => workspaces.all().map((row) => text(row, 'name')),
    prune({ workspace, before, limit }) {
      const done = Number(prunedThrough.get(workspace)?.through_sequence ?? 0);
      const rows = next.all(workspace, done, limit);
      const end = rows.findIndex((row) => text(row, 'at') >= before);
      const count = end < 0 ? rows.length : end;
      if (count === 0) return undefined;
      const range = { fromSequence: done + 1, throughSequence: done + count };
      remove.run(workspace, range.fromSequence, range.throughSequence);
      setPruned.run(workspace, range.throughSequence);
      return { count, ...range };
    },
  };
}

/** The agent that acted, else the one that it is about. */
function agentOf({ actor, data }: NewAuditEntry): string | undefined {
  return actor.startsWith('agent:') ? actor.slice('agent:'.length) : textIn(data, 'agentId');
}

function textIn(data: NewAuditEntry['data'], name: string): string | undefined {
  const value = data[name];
  return typeof value === 'string' ? value : undefined;
}

function joined(hashes: readonly Uint8Array[]): Uint8Array {
  const [only] = hashes;
  return hashes.length === 1 && only ? only : Buffer.concat(hashes);
}

function leafOf({ hashes }: Row): Uint8Array {
  return hashes instanceof Uint8Array ? hashes.subarray(0, HASH_BYTES) : new Uint8Array(HASH_BYTES);
}

const SQLITE_CONSTRAINT_UNIQUE = 2067;
const SQLITE_CONSTRAINT_PRIMARYKEY = 1555;

function isTaken(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return code === SQLITE_CONSTRAINT_UNIQUE || code === SQLITE_CONSTRAINT_PRIMARYKEY;
}

function toEntry(row: Row): AuditEntry {
  return {
    sequence: Number(row.sequence),
    workspace: text(row, 'workspace'),
    at: text(row, 'at'),
    actor: text(row, 'actor'),
    event: text(row, 'event'),
    subject: text(row, 'subject'),
    ...optional(row, 'request_id', 'requestId'),
    dataDigest: text(row, 'data_digest'),
    ...(row.data === null ? {} : { data: json(row, 'data') }),
  };
}
