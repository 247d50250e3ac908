import { BaseError } from 'viem';
import { type FollowDeps, type FollowState, follow } from './follow.ts';
import type { Freshness } from './freshness.ts';
import { createPulse } from './pulse.ts';

const MAX_PAUSE_MS = 30_000;

export interface IndexerDeps extends FollowDeps {
  readonly now: () => number;
  readonly pollMs: number;
  readonly signal: AbortSignal;
  /** Called after every pass that reached the head. */
  readonly onCurrent: () => Promise<void>;
}

/** Follows the chain into the store; `run` ends when the signal aborts. */
export interface Indexer {
  run(): Promise<void>;
  /** Looks for new blocks now instead of after the pause. */
  nudge(): void;
  /** Waits until the index holds this block; not while the node is away, and no longer than `timeoutMs`. */
  waitFor(blockNumber: number, timeoutMs: number): Promise<void>;
  isConnected(): boolean;
  /** Blocks between the index and where it should be. */
  getLag(): number;
  getFreshness(nowMs: number): Freshness;
}

/** Makes the indexer of one deployment. */
export function createIndexer(deps: IndexerDeps): Indexer {
  const { signal, read } = deps;
  const state: FollowState = { head: 0, range: deps.maxRange, answered: 0, toldAt: 0, isVerified: false };
  const advanced = createPulse(signal);
  const nudged = createPulse(signal);
  const ended = createPulse(signal);
  const cursor = () => read.indexedBlocks.getNewest()?.number ?? Number(deps.deployment.startBlock) - 1;
  let isConnected = false;
  let isNudged = false;
  let failures = 0;
  let completeAtMs: number | undefined;

  async function attempt(): Promise<void> {
    isNudged = false;
    try {
      for await (const _ of follow(deps, state)) {
        isConnected = true;
        // Progress counts, so that a node that refuses a range now and then is not left alone ever longer.
        failures = 0;
        advanced.beat();
      }
      isConnected = true;
      failures = 0;
      completeAtMs = deps.now();
      await deps.onCurrent();
    } catch (error) {
      if (signal.aborted) return;
      isConnected = false;
      state.isVerified = false;
      failures += 1;
      state.range = Math.max(1, Math.floor(state.range / 2));
      deps.log.warn({ failures, reason: nameOf(error) }, 'could not follow the chain');
    }
    advanced.beat();
  }

  return {
    async run() {
      while (!signal.aborted) {
        await attempt();
        // A node that is away or asked too often is left alone, whoever is in a hurry.
        if (failures > 0) await ended.next(Math.min(deps.pollMs * 2 ** failures, MAX_PAUSE_MS));
        else if (!isNudged) await nudged.next(deps.pollMs);
      }
    },
    nudge() {
      isNudged = true;
      nudged.beat();
    },
    async waitFor(blockNumber, timeoutMs) {
      const deadline = Date.now() + timeoutMs;
      while (failures === 0 && cursor() < blockNumber && Date.now() < deadline && !signal.aborted) {
        await advanced.next(deadline - Date.now());
      }
    },
    isConnected: () => isConnected,
    getLag: () => Math.max(0, state.head - deps.confirmations - cursor()),
    getFreshness(nowMs) {
      const newest = read.indexedBlocks.getNewest();
      // Not complete since the start of this process: then what is known is the time of the newest block.
      const sinceMs = completeAtMs ?? (newest ? Date.parse(newest.time) : 0);
      return { block: newest?.number, ageSeconds: Math.max(0, Math.floor((nowMs - sinceMs) / 1000)) };
    },
  };
}

// Never the message: it holds the address of the node, and that may hold a key.
function nameOf(error: unknown): string {
  if (error instanceof BaseError) return `${error.name}: ${error.shortMessage.split('\n')[0]}`;
  return error instanceof Error ? error.name : 'unknown';
}
