import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../time.ts';

/** The schedule that Standard Webhooks recommends: the wait before each attempt, the first at once. */
const waitsMs: readonly number[] = [
  0,
  ...[5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS],
  ...[2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS, 10 * HOUR_MS],
];
const JITTER = 0.1;

/** How long to wait after so many attempts; undefined when that was the last. `random` is in 0 to 1, as Math.random(). */
export function waitAfter(attempts: number, random: number): number | undefined {
  const wait = waitsMs[attempts];
  // Only ever later: what failed together does not come back together.
  return wait === undefined ? undefined : Math.round(wait * (1 + JITTER * random));
}
