import { setTimeout } from 'node:timers/promises';
import { BonafideError } from '@bonafide/core/errors';
import type { Address } from 'viem';

/** Nonces further ahead than this are a mistake, not a queue. */
const MAX_AHEAD = 512;

/** How many transactions of a wallet the chain has, and has with those that wait for a block. */
export interface Nonces {
  readonly next: number;
  readonly pending: number;
}

export interface TurnsOptions {
  readonly ask: (sender: Address) => Promise<Nonces>;
  /** How long a transaction waits while none before it arrives. */
  readonly waitMs: number;
  readonly pollMs: number;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

interface Turn {
  readonly sender: Address;
  readonly nonce: number;
}

/** Puts the transactions that a wallet submits at once into the order of their nonces. */
export interface Turns {
  /**
   * Resolves when every transaction before this one is with the node. CONFLICT when its nonce is used, or when one before it
   * does not come.
   */
  wait(turn: Turn): Promise<void>;
  /** The node has this one, so the next may go. */
  pass(turn: Turn): void;
}

interface Line {
  /** The nonce that may go now, as far as is known. */
  head: number;
  /** When the head moved last. */
  movedAt: number;
  readonly waiting: Map<number, Set<() => void>>;
  isWatched: boolean;
}

export function createTurns(options: TurnsOptions): Turns {
  const { ask, waitMs, pollMs, now, signal } = options;
  const lines = new Map<string, Line>();

  function lineOf(sender: string): Line {
    const line = lines.get(sender) ?? { head: 0, movedAt: now(), waiting: new Map(), isWatched: false };
    lines.set(sender, line);
    return line;
  }

  function advance(line: Line, head: number): void {
    if (head <= line.head) return;
    line.head = head;
    line.movedAt = now();
    for (const [nonce, wakes] of line.waiting) {
      if (nonce > head) continue;
      for (const wake of wakes) wake();
    }
  }

  /** One watcher for however many wait: the one before may have been sent past this relay. */
  async function watch(sender: Address, line: Line): Promise<void> {
    if (line.isWatched) return;
    line.isWatched = true;
    while (line.waiting.size > 0 && !signal.aborted) {
      await setTimeout(pollMs, undefined, { signal }).catch(() => undefined);
      const { pending } = await ask(sender).catch(() => ({ pending: 0 }));
      advance(line, pending);
      if (now() - line.movedAt >= waitMs) break;
    }
    line.isWatched = false;
    for (const wakes of line.waiting.values()) for (const wake of wakes) wake();
    if (line.waiting.size === 0) lines.delete(sender);
  }

  function join({ sender, nonce }: Turn, line: Line): Promise<void> {
    return new Promise((resolve) => {
      const wakes = line.waiting.get(nonce) ?? new Set();
      line.waiting.set(nonce, wakes);
      wakes.add(() => {
        line.waiting.delete(nonce);
        resolve();
      });
      void watch(sender, line);
    });
  }

  return {
    async wait(turn) {
      const { sender, nonce } = turn;
      const nonces = await ask(sender);
      if (nonce >= nonces.next && nonce <= nonces.pending) return;
      if (nonce < nonces.next || nonce > nonces.pending + MAX_AHEAD) throw outOfTurn(turn, nonces.pending);
      const line = lineOf(sender);
      if (line.waiting.size === 0) line.movedAt = now();
      advance(line, nonces.pending);
      if (line.head >= nonce) return;
      await join(turn, line);
      if (line.head < nonce) throw outOfTurn(turn, line.head);
    },
    pass({ sender, nonce }) {
      const line = lines.get(sender);
      if (line) advance(line, nonce + 1);
    },
  };
}

function outOfTurn({ sender, nonce }: Turn, expected: number): BonafideError {
  const message = `The next nonce of ${sender} is ${expected}; the transaction has ${nonce}.`;
  return new BonafideError('CONFLICT', message, { details: { reason: 'NONCE', nonce: expected } });
}
