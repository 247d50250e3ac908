export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The day of UTC of a time, as in `2026-01-31`. */
export function dayOf(time: string): string {
  return time.slice(0, 10);
}
