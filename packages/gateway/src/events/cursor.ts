import type { EventTable } from '../stores/store.ts';

/** Where reading starts, and whether events before it are lost. */
export interface Start {
  readonly after: number;
  readonly isReset: boolean;
}

/** Without a cursor from now on; from one that retention passed, or that was never given out, from the oldest kept. */
export function startOf(cursor: string | undefined, events: Pick<EventTable, 'getBounds'>): Start {
  const { floor, newest } = events.getBounds();
  if (cursor === undefined) return { after: newest, isReset: false };
  const id = /^\d{1,15}$/.test(cursor) ? Number(cursor) : -1;
  return id >= floor && id <= newest ? { after: id, isReset: false } : { after: floor, isReset: true };
}
