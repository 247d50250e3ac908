import type { AuditEntry } from '@bonafide/core/models';
import type { Reader } from '../stores/store.ts';
import { pause } from './pause.ts';

/** How many entries are read before other requests get their turn. */
const BATCH = 100;

/** Positions in the log: from `start` to just before `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The entries of a range in order, of one agent when it is named, a hundred in memory at a time. */
export async function* readLog(
  { tables, workspace }: Reader,
  { range, agentId, signal }: { range: Range; agentId?: string | undefined; signal: AbortSignal },
): AsyncGenerator<AuditEntry> {
  for (let after = range.start - 1; after < range.end - 1; ) {
    const limit = Math.min(BATCH, range.end - 1 - after);
    const entries = tables.audit.list({ workspace, agentId }, { after, limit });
    yield* entries.filter(({ sequence }) => sequence < range.end);
    const last = entries.at(-1);
    if (!last) return;
    after = last.sequence;
    await pause(signal);
  }
}

/**
 * The positions of a period, found by halving: positions and times rise together, so a period deep in a long log costs
 * some twenty look-ups instead of a scan.
 */
export function findRange(reader: Reader, { from, to }: { from: string; to: string }): Range {
  return { start: firstSince(reader, from), end: firstSince(reader, to) };
}

/** Position of the first entry since `time`, or the one past the last. */
export function firstSince(reader: Reader, time: string): number {
  let low = 1;
  let high = reader.tables.auditTree.getSize(reader.workspace) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const entry = entryAt(reader, middle);
    if (entry === undefined || entry.at >= time) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The entry at a position, or the next one after it. */
export function entryAt({ tables, workspace }: Reader, sequence: number): AuditEntry | undefined {
  return tables.audit.list({ workspace }, { after: sequence - 1, limit: 1 })[0];
}
