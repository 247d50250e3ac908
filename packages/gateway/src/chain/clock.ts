import type { Pause } from '../stores/chain.ts';

/**
 * Deadlines are kept as readings of the kernel's clock, which stands still while the kernel is paused, and are shown as
 * times on the wall: a pause then moves every deadline that has not passed without any of them being written.
 */

/** The clock's reading of a time that was announced at `at`, both in seconds on the wall. */
export function toClock(wall: number, pauses: readonly Pause[], at: number): number {
  return wall - pausedUntil(pauses, at);
}

/** When on the wall the clock shows `reading`, as it stands at `now`. */
export function toWall(reading: number, pauses: readonly Pause[], now: number): number {
  let wall = reading;
  for (const { startedAt, endedAt } of pauses) {
    if (startedAt >= wall || startedAt >= now) break;
    wall += Math.min(endedAt, now) - startedAt;
  }
  return wall;
}

/** The time of a reading as it is shown. */
export function presentTime(reading: string, { pauses, nowSeconds }: ClockNow): string {
  if (pauses.length === 0) return reading;
  return toTime(toWall(toSeconds(reading), pauses, nowSeconds));
}

/** What is needed to show a deadline. */
export interface ClockNow {
  readonly pauses: readonly Pause[];
  readonly nowSeconds: number;
}

function pausedUntil(pauses: readonly Pause[], at: number): number {
  return pauses
    .filter(({ startedAt }) => startedAt < at)
    .reduce((sum, { startedAt, endedAt }) => sum + Math.min(endedAt, at) - startedAt, 0);
}

export function toSeconds(time: string): number {
  return Math.floor(Date.parse(time) / 1000);
}

/** Later than any contract allows, and still a time that everybody can read. */
const LATEST_SECONDS = 253_402_300_799;

/** Seconds of the chain as a time. */
export function toTime(seconds: bigint | number): string {
  const bounded = seconds > LATEST_SECONDS ? LATEST_SECONDS : Number(seconds);
  return new Date(bounded * 1000).toISOString();
}
