import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { createFrontier, type Frontier, hashEntry } from '@bonafide/core/audit';
import { canonicalize } from '@bonafide/core/identity';
import { optional, orNull, type Row, text } from '../sql.ts';

const schema = `
ALTER TABLE audit RENAME TO audit_without_tree;

-- Rows are large, so they have ids of their own and the index by sequence stays small.
CREATE TABLE audit (
  workspace TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  hashes BLOB NOT NULL,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  event TEXT NOT NULL,
  subject TEXT NOT NULL,
  request_id TEXT,
  agent_id TEXT,
  action TEXT,
  data_digest TEXT NOT NULL,
  data TEXT,
  PRIMARY KEY (workspace, sequence)
) STRICT;
-- An agent reads only its own entries, and must not be able to make the gateway read all others.
CREATE INDEX audit_of_agent ON audit (workspace, agent_id, sequence) WHERE agent_id IS NOT NULL;

CREATE TABLE audit_pruned (
  workspace TEXT PRIMARY KEY,
  through_sequence INTEGER NOT NULL
) STRICT;
`;

/** Gives every entry its leaf, in a tree for each workspace; those from before get theirs now. */
export function auditTree(database: DatabaseSync): void {
  database.exec(schema);
  const insert = database.prepare(
    `INSERT INTO audit (workspace, sequence, hashes, at, actor, event, subject, request_id, agent_id, action, data_digest, data)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const trees = new Map<string, Frontier>();
  const old = database.prepare('SELECT * FROM audit_without_tree ORDER BY workspace, sequence');
  for (const row of old.iterate()) {
    const tree = trees.get(text(row, 'workspace')) ?? createFrontier();
    trees.set(text(row, 'workspace'), tree);
    insert.run(...withLeaf(row, tree));
  }
  database.exec('DROP TABLE audit_without_tree');
}

function withLeaf(row: Row, tree: Frontier) {
  const [workspace, at, actor] = [text(row, 'workspace'), text(row, 'at'), text(row, 'actor')];
  const [event, subject] = [text(row, 'event'), text(row, 'subject')];
  const { requestId } = optional(row, 'request_id', 'requestId');
  const parsed: Record<string, unknown> = JSON.parse(text(row, 'data'));
  const data = canonicalize(parsed);
  const dataDigest = hash('sha256', data, 'base64url');
  const sequence = tree.size + 1;
  const leaf = hashEntry({ workspace, sequence, at, actor, event, subject, requestId, dataDigest });
  const agentId = actor.startsWith('agent:') ? actor.slice('agent:'.length) : parsed.agentId;
  const filters = [orNull(requestId), textOrNull(agentId), textOrNull(parsed.action)] as const;
  const hashes = Buffer.concat(tree.append(leaf));
  return [workspace, sequence, hashes, at, actor, event, subject, ...filters, dataDigest, data] as const;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
