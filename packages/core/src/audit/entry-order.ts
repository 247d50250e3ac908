import type { Findings } from './findings.ts';
import { createRanges, describeRange, type SequenceRange } from './ranges.ts';

/** Follows the sequences of an export. */
export interface EntryOrder {
  /** The sequence that belongs on the next line. */
  readonly expected: number;
  /** Whether every entry so far was read, in its place. */
  readonly isWhole: boolean;
  /** Takes the sequence of the entry on a line. */
  see(sequence: number, line: number): void;
  /** A line that cannot be read stands where the expected entry belongs. */
  skip(): void;
  /** Adds what is missing. */
  finish(): void;
}

export function createEntryOrder(findings: Findings): EntryOrder {
  const gaps = createRanges();
  const unread = createRanges();
  let expected = 1;
  let isWhole = true;
  const seeBehind = (sequence: number, line: number) => {
    if (unread.take(sequence)) return;
    const message = gaps.take(sequence)
      ? `Entry ${sequence} stands behind later ones.`
      : `A second entry says it is number ${sequence}.`;
    findings.add({ kind: 'reordered', sequence, line, message });
  };
  return {
    get expected() {
      return expected;
    },
    get isWhole() {
      return isWhole;
    },
    see(sequence, line) {
      isWhole &&= sequence === expected;
      if (sequence > expected) gaps.add({ from: expected, to: sequence - 1 });
      if (sequence < expected) seeBehind(sequence, line);
      else expected = sequence + 1;
    },
    skip() {
      isWhole = false;
      unread.add({ from: expected, to: expected });
      expected += 1;
    },
    finish() {
      for (const gap of gaps.list()) findings.add({ kind: 'missing', ...missing(gap) });
    },
  };
}

function missing(gap: SequenceRange): { readonly sequence: number; readonly message: string } {
  return { sequence: gap.from, message: `${describeRange(gap, ['is', 'are'])} missing.` };
}
