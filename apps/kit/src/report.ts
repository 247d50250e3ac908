import type { Report } from './role-process.ts';

const write = (report: Report): void => console.log(JSON.stringify(report));

/** Shows a line in the timeline of whoever started this process. */
export function say(text: string): void {
  write({ text });
}

/** Tells whoever started this process a named fact. */
export function stateFact(fact: string, data: unknown = null): void {
  write({ fact, data });
}
