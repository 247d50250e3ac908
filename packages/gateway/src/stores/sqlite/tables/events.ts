import type { DatabaseSync } from 'node:sqlite';
import type { EventTable, StoredEvent } from '../../store.ts';
import { json, type Row, text } from '../sql.ts';

export function eventTable(database: DatabaseSync): EventTable {
  const append = database.prepare(
    'INSERT INTO events (workspace, type, subject, time, data) VALUES (?, ?, ?, ?, ?)',
  );
  const after = database.prepare('SELECT * FROM events WHERE workspace = ? AND id > ? ORDER BY id LIMIT ?');
  const everywhere = database.prepare('SELECT * FROM events WHERE id > ? ORDER BY id LIMIT ?');
  const floor = database.prepare('SELECT id FROM event_floor');
  const newest = database.prepare('SELECT max(id) AS id FROM events');
  const lastBefore = database.prepare(
    'SELECT max(id) AS id FROM events WHERE time < ? AND id < (SELECT max(id) FROM events)',
  );
  const remove = database.prepare('DELETE FROM events WHERE id <= ?');
  const raiseFloor = database.prepare('UPDATE event_floor SET id = ?');
  return {
    append: ({ workspace, type, subject, time, data }) =>
      Number(append.run(workspace, type, subject, time, JSON.stringify(data)).lastInsertRowid),
    listAfter: ({ workspaces, after: cursor, limit }) =>
      workspaces
        .flatMap((workspace) => after.all(workspace, cursor, limit).map(toEvent))
        .sort((a, b) => a.id - b.id)
        .slice(0, limit),
    listEverywhereAfter: (cursor, limit) => everywhere.all(cursor, limit).map(toEvent),
    getBounds: () => {
      const lowest = Number(floor.get()?.id ?? 0);
      return { floor: lowest, newest: Number(newest.get()?.id ?? lowest) };
    },
    prune(before) {
      const last = lastBefore.get(before)?.id;
      if (last === null || last === undefined) return;
      remove.run(last);
      raiseFloor.run(last);
    },
  };
}

function toEvent(row: Row): StoredEvent & { readonly id: number } {
  return {
    id: Number(row.id),
    workspace: text(row, 'workspace'),
    type: text(row, 'type'),
    subject: text(row, 'subject'),
    time: text(row, 'time'),
    data: json(row, 'data'),
  };
}
