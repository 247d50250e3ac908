const units: readonly (readonly [name: string, seconds: number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

function spanOf(seconds: number): string {
  const [name, size] = units.find(([, each]) => seconds >= each) ?? ['second', 1];
  const count = Math.floor(seconds / size);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

/** How far a time is from now, as people say it. */
export function untilNow(time: string, now: number = Date.now()): string {
  const seconds = (Date.parse(time) - now) / 1000;
  return seconds < 0 ? `${spanOf(-seconds)} ago` : `in ${spanOf(seconds)}`;
}

/** RFC 3339 without the parts that nobody reads in a table. */
export function shortTime(time: string): string {
  return time.replace('T', ' ').replace(/(\.\d+)?Z$/, 'Z');
}

/** The time of day where it is within the next hours, else with its date. */
export function clockTime(time: string, now: number = Date.now()): string {
  const isNear = Math.abs(Date.parse(time) - now) < 12 * 3_600_000;
  return isNear ? shortTime(time).slice('2026-01-01 '.length) : shortTime(time);
}
