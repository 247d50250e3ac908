import type { Route } from './route.ts';

/** What gateways pass to each other with the lines of a live message. */
export interface Relayed {
  /** The one that sends it. */
  readonly gateway: string;
  readonly route: Route;
  /** Canonical address. */
  readonly sender: string;
  /** Where to answer how many it reached. */
  readonly answer?: { readonly subject: string } | undefined;
}

/** The head as one line of JSON, then the lines as they go to recipients. */
export function writeRelayed(relayed: Relayed, lines: string): string {
  return `${JSON.stringify(relayed)}\n${lines}`;
}

/** Gateways that share a bus trust each other. */
export function readRelayed(text: string): { readonly relayed: Relayed; readonly lines: string } {
  const end = text.indexOf('\n');
  return { relayed: JSON.parse(text.slice(0, end)) as Relayed, lines: text.slice(end + 1) };
}
