import type { DatabaseSync } from 'node:sqlite';
import type { ArtifactTable, StoredArtifact } from '../../store.ts';
import { type Row, text } from '../sql.ts';

export function artifactTable(database: DatabaseSync): ArtifactTable {
  const put = database.prepare(
    `INSERT INTO artifacts (workspace, cid, visibility, media_type, created_at, content) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET visibility = 'public' WHERE excluded.visibility = 'public'`,
  );
  const own = database.prepare('SELECT * FROM artifacts WHERE workspace = ? AND cid = ?');
  const anyones = database.prepare(`SELECT * FROM artifacts WHERE cid = ? AND visibility = 'public' LIMIT 1`);
  return {
    put({ workspace, cid, visibility, mediaType, createdAt, content }) {
      put.run(workspace, cid, visibility, mediaType, createdAt, content);
    },
    get: (workspace, cid) => toArtifact(own.get(workspace, cid) ?? anyones.get(cid)),
  };
}

function toArtifact(row: Row | undefined): StoredArtifact | undefined {
  if (!row || !(row.content instanceof Uint8Array)) return undefined;
  return {
    workspace: text(row, 'workspace'),
    cid: text(row, 'cid'),
    visibility: text(row, 'visibility') as StoredArtifact['visibility'],
    mediaType: text(row, 'media_type'),
    content: row.content,
    createdAt: text(row, 'created_at'),
  };
}
