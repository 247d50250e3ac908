import type { AuditEntry, ControlEvidence } from '@bonafide/core/models';

/** How many entries a query names; the count says how many there are. */
export const SAMPLE_SIZE = 10;

/** Counts what a query finds, and keeps the first of it. */
export interface Tally {
  add(sequence?: number): void;
  toEvidence(): ControlEvidence;
}

export function createTally(query: string): Tally {
  let count = 0;
  const sequences: number[] = [];
  return {
    add(sequence) {
      count += 1;
      if (sequence !== undefined && sequences.length < SAMPLE_SIZE) sequences.push(sequence);
    },
    toEvidence: () => ({ query, count, sequences }),
  };
}

/** A finding that is not counted one by one. */
export function findingOf(query: string, sequences: readonly (number | undefined)[]): ControlEvidence {
  const tally = createTally(query);
  for (const sequence of sequences) tally.add(sequence);
  return tally.toEvidence();
}

/** Field of an entry's data as text; empty when it is absent, or removed by retention. */
export function fact({ data }: AuditEntry, name: string): string {
  const value = data?.[name];
  return typeof value === 'string' ? value : '';
}

export function isOneOf(names: readonly string[]): (entry: AuditEntry) => boolean {
  const wanted = new Set(names);
  return ({ event }) => wanted.has(event);
}
