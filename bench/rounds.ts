/** One thing to measure; `measure` runs it once and returns a number (a cost, lower is better). */
export interface Side {
  readonly name: string;
  readonly measure: () => Promise<number>;
}

interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

function summarise(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = Math.floor(sorted.length / 2);
  const median = sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
  return { median, min: at(0), max: at(sorted.length - 1) };
}

/**
 * Measures both sides in turn, prints median, minimum and maximum of each, and last `NAME ratio=R`: ours over the peer's
 * median. The order flips each round, so that neither side always runs in the shadow of the other.
 */
export async function compareCosts(
  name: string,
  { ours, peer, rounds, unit }: { ours: Side; peer: Side; rounds: number; unit: string },
): Promise<void> {
  const values = new Map<Side, number[]>([
    [ours, []],
    [peer, []],
  ]);
  for (const side of [peer, ours]) await side.measure();
  for (let round = 0; round < rounds; round += 1) {
    for (const side of round % 2 === 0 ? [ours, peer] : [peer, ours]) {
      values.get(side)?.push(await side.measure());
    }
  }
  const medians = [ours, peer].map((side) => {
    const { median, min, max } = summarise(values.get(side) ?? []);
    const [middle, low, high] = [median, min, max].map((value) => value.toFixed(2));
    console.log(`${side.name}: median ${middle} ${unit}, min ${low}, max ${high} (${rounds} rounds)`);
    return median;
  });
  console.log(`${name} ratio=${((medians[0] ?? Number.NaN) / (medians[1] ?? Number.NaN)).toFixed(3)}`);
}
