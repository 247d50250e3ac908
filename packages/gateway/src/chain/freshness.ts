import { BonafideError } from '@bonafide/core/errors';
import type { Context } from '../context.ts';
import { requireChain } from '../context.ts';
import type { Reads } from '../stores/store.ts';
import { type ClockNow, toSeconds } from './clock.ts';

/** How far the index is, and how old what it says may be. */
export interface Freshness {
  /** The newest indexed block; absent before the first. */
  readonly block?: number | undefined;
  /** Seconds since the index is known to have held everything that the chain had. */
  readonly ageSeconds: number;
}

/** Operations that answer from the index, also while the chain is away; their answers say how old they may be. */
export const indexedOperations: ReadonlySet<string> = new Set([
  ...['jobs.get', 'jobs.list', 'jobs.listHistory', 'jobs.listConsents', 'jobs.watch'],
  ...['disputes.get', 'disputes.list', 'arbitrators.get', 'arbitrators.list'],
  ...['templates.get', 'templates.list', 'treasury.getStats', 'reputation.get', 'reputation.list'],
]);

/** The headers of an answer from the index. */
export function freshnessHeaders({ block, ageSeconds }: Freshness): Readonly<Record<string, string>> {
  return {
    ...(block !== undefined && { 'bonafide-index-block': String(block) }),
    'bonafide-index-age': String(ageSeconds),
  };
}

/** Where the kernel's clock stands; a chain that is ahead of this machine, as test chains may be, counts. */
export function readClockNow(read: Reads, nowMs: number): ClockNow {
  const pauses = read.pauses.list();
  const newest = pauses.length === 0 ? undefined : read.indexedBlocks.getNewest();
  const chainSeconds = newest ? toSeconds(newest.time) : 0;
  return { pauses, nowSeconds: Math.max(Math.floor(nowMs / 1000), chainSeconds) };
}

/** Waits, for a moment, until the caller can read its own writes. */
export async function catchUp(context: Context): Promise<void> {
  const chain = requireChain(context);
  const { principal } = context;
  if (principal.kind === 'agent') await chain.catchUpWith(principal.agent.agentId);
}

/** One thing of the index; NOT_FOUND only after a look at the head of the chain, where somebody may have just made it. */
export async function findInIndex<Thing>(
  context: Context,
  { find, what }: { readonly find: () => Thing | undefined; readonly what: string },
): Promise<Thing> {
  await catchUp(context);
  const known = find();
  if (known !== undefined) return known;
  await requireChain(context).catchUpWithHead();
  const found = find();
  if (found !== undefined) return found;
  throw new BonafideError('NOT_FOUND', `There is no ${what} on this chain, or its block is not indexed yet.`);
}
