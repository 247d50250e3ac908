import type { DatabaseSync } from 'node:sqlite';
import type { MessageTable, Settlement } from '../../messages.ts';

/** What is counted where. */
const columns: Readonly<Record<Settlement, string | undefined>> = {
  delivered: 'delivered',
  expired: 'expired',
  deadLettered: 'dead_lettered',
  purged: undefined,
};

/** The row stays, to recognise the message when it is sent again. */
const EMPTIED = `is_pending = 0, held_by = '', body = ''`;

/** Takes pending messages out of their inboxes. */
export function settling(database: DatabaseSync): Pick<MessageTable, 'settle'> {
  const sum = database.prepare(
    `SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes FROM messages INDEXED BY messages_pending
     WHERE inbox_id = ? AND held_by = '' AND sequence <= ? AND is_pending = 1`,
  );
  const emptyThrough = database.prepare(
    `UPDATE messages INDEXED BY messages_pending SET ${EMPTIED}
     WHERE inbox_id = ? AND held_by = '' AND sequence <= ? AND is_pending = 1`,
  );
  const one = database.prepare(
    'SELECT bytes, held_by FROM messages WHERE sequence = ? AND inbox_id = ? AND is_pending = 1',
  );
  const emptyOne = database.prepare(`UPDATE messages SET ${EMPTIED} WHERE sequence = ?`);
  const counters = new Map(
    Object.entries(columns).map(([as, column]) => [
      as,
      database.prepare(
        `UPDATE inboxes SET pending = pending - ?1, pending_bytes = pending_bytes - ?2
         ${column === undefined ? '' : `, ${column} = ${column} + ?1`} WHERE inbox_id = ?3`,
      ),
    ]),
  );

  function settleThrough(inboxId: number, through: number): { count: number; bytes: number } {
    const row = sum.get(inboxId, through);
    const count = Number(row?.count);
    if (count > 0) emptyThrough.run(inboxId, through);
    return { count, bytes: Number(row?.bytes) };
  }

  function settleEach(
    inboxId: number,
    {
      sequences,
      heldBy = '',
    }: { readonly sequences: readonly number[]; readonly heldBy?: string | undefined },
  ): { count: number; bytes: number } {
    let [count, bytes] = [0, 0];
    for (const sequence of sequences) {
      const row = one.get(sequence, inboxId);
      if (row?.held_by !== heldBy) continue;
      emptyOne.run(sequence);
      count++;
      bytes += Number(row.bytes);
    }
    return { count, bytes };
  }

  return {
    settle(inboxId, which, as) {
      const { count, bytes } =
        'through' in which ? settleThrough(inboxId, which.through) : settleEach(inboxId, which);
      if (count > 0) counters.get(as)?.run(count, bytes, inboxId);
      return count;
    },
  };
}
