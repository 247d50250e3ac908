import type { DatabaseSync } from 'node:sqlite';
import type { Tally, TallyName, TallyTable } from '../../trust.ts';

const names = [
  'approved',
  'denied',
  'expired',
  'unanswered',
  'executed',
  'failed',
  'supervised',
  'violations',
] as const satisfies readonly TallyName[];

export function tallyTable(database: DatabaseSync): TallyTable {
  const add = database.prepare(
    `INSERT INTO tallies (workspace, agent_id, day, ${names.join(', ')})
     VALUES (?, ?, ?, ${names.map(() => '?').join(', ')})
     ON CONFLICT DO UPDATE SET ${names.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`,
  );
  const sum = database.prepare(
    `SELECT ${names.map((name) => `sum(${name}) AS ${name}`).join(', ')} FROM tallies
     WHERE workspace = ? AND agent_id = ? AND day >= ?`,
  );
  const cursor = database.prepare('SELECT event_id FROM tally_cursor');
  const setCursor = database.prepare('UPDATE tally_cursor SET event_id = ?');
  const prune = database.prepare('DELETE FROM tallies WHERE day < ?');
  return {
    add({ workspace, agentId, day }, tally) {
      add.run(workspace, agentId, day, ...names.map((name) => tally[name] ?? 0));
    },
    getSumSince({ workspace, agentId, day }) {
      const row = sum.get(workspace, agentId, day);
      return Object.fromEntries(names.map((name) => [name, Number(row?.[name] ?? 0)])) as Tally;
    },
    getCursor: () => Number(cursor.get()?.event_id ?? 0),
    setCursor(eventId) {
      setCursor.run(eventId);
    },
    prune(day) {
      prune.run(day);
    },
  };
}
