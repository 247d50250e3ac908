import type { PublicClient } from 'viem';

/** About a block of the chains that we serve; what a node says leaves room for more than that. */
const FRESH_MS = 2_000;

/** What a transaction pays for gas at most. */
export interface Fees {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

interface Known {
  readonly fees: Promise<Fees>;
  readonly since: number;
}

const known = new WeakMap<PublicClient, Known>();

/** Fees as the node suggests them; asked for once in a block's time, and again after a failure. */
export function readFees(node: PublicClient): Promise<Fees> {
  const last = known.get(node);
  if (last && performance.now() - last.since < FRESH_MS) return last.fees;
  const fees = node.estimateFeesPerGas();
  known.set(node, { fees, since: performance.now() });
  fees.catch(() => known.delete(node));
  return fees;
}
