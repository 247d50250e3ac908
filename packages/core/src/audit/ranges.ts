const MAX_RANGES = 1000;

export interface SequenceRange {
  readonly from: number;
  readonly to: number;
}

/** A set of sequences, given in rising order, as ranges; bounded, so what comes after too many is not kept. */
export interface SequenceRanges {
  add(range: SequenceRange): void;
  /** Takes one sequence out; false when it is not in the set. */
  take(sequence: number): boolean;
  list(): readonly SequenceRange[];
}

export function createRanges(): SequenceRanges {
  let ranges: SequenceRange[] = [];
  return {
    add({ from, to }) {
      const last = ranges.at(-1);
      if (last?.to === from - 1) ranges[ranges.length - 1] = { from: last.from, to };
      else if (ranges.length < MAX_RANGES) ranges.push({ from, to });
    },
    take(sequence) {
      const isIn = ({ from, to }: SequenceRange) => from <= sequence && sequence <= to;
      if (!ranges.some(isIn)) return false;
      ranges = ranges.flatMap((range) => (isIn(range) ? without(range, sequence) : [range]));
      return true;
    },
    list: () => ranges,
  };
}

function without({ from, to }: SequenceRange, sequence: number): SequenceRange[] {
  return [
    { from, to: sequence - 1 },
    { from: sequence + 1, to },
  ].filter((range) => range.from <= range.to);
}

/** `Entry 5` or `Entries 5 to 9`, with the verb that fits. */
export function describeRange({ from, to }: SequenceRange, [one, many]: readonly [string, string]): string {
  return from === to ? `Entry ${from} ${one}` : `Entries ${from} to ${to} ${many}`;
}
