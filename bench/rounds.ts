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

interface Rounds {
  readonly rounds: number;
  readonly unit: string;
}

function summarise(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = Math.floor(sorted.length / 2);
  const median = sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
  return { median, min: at(0), max: at(sorted.length - 1) };
}

/**
 * Measures all sides in turn after one warm-up of each, prints median, minimum and maximum, and returns the medians in
 * the order given. The order flips each round, so that no side always runs in the shadow of another.
 */
export async function measureSides(
  sides: readonly Side[],
  { rounds, unit }: Rounds,
): Promise<readonly number[]> {
  const samples = sides.map((side) => ({ side, values: [] as number[] }));
  for (const { side } of samples) await side.measure();
  for (let round = 0; round < rounds; round += 1) {
    for (const { side, values } of round % 2 === 0 ? samples : samples.toReversed()) {
      values.push(await side.measure());
    }
  }
  return samples.map(({ side, values }) => {
    const { median, min, max } = summarise(values);
    const [middle, low, high] = [median, min, max].map((value) => value.toFixed(2));
    console.log(`${side.name}: median ${middle} ${unit}, min ${low}, max ${high} (${rounds} rounds)`);
    return median;
  });
}

/** The quotient of two medians as the last line prints it. */
export function ratioOf([ours = Number.NaN, peer = Number.NaN]: readonly number[]): string {
  return (ours / peer).toFixed(3);
}

/** Measures ours against a named peer and prints, last, `NAME ratio=R`: our cost over the peer's. */
export async function compareCosts(
  name: string,
  { ours, peer, ...rounds }: { ours: Side; peer: Side } & Rounds,
): Promise<void> {
  console.log(`${name} ratio=${ratioOf(await measureSides([ours, peer], rounds))}`);
}
