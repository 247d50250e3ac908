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
