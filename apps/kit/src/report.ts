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

/** Options of a role in a market: each of its steps is a line, and a fact by the name of the operation. */
export const reportSteps = {
  onStep: ({ jobId, operation }: { readonly jobId: string; readonly operation: string }) => {
    say(`job ${jobId}: ${operation}`);
    stateFact(operation, { jobId });
  },
  onError: (error: Error, jobId: string) => say(`job ${jobId}: ${error.message} (tries again)`),
};

/** How often roles look at their jobs without an event. */
export const pollMs = 1_000;
