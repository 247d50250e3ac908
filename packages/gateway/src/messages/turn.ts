import { BonafideError } from '@bonafide/core/errors';
import type { Services } from '../context.ts';
import type { Transaction } from '../ledger.ts';
import type { Tables } from '../stores/store.ts';

/** What a turn does: inside the commit, and once that is durable. Both are called in the order in which they were added. */
export interface Step {
  /** May run twice. */
  write(tx: Transaction): void;
  done?(): void;
  failed?(error: BonafideError): void;
}

export interface Turns {
  /** Joins the commit that is about to run. */
  add(step: Step): void;
}

interface TurnOptions {
  commit(work: (tx: Transaction) => void): Promise<void>;
  /** Called first in each commit; what it throws fails all of its steps. */
  guard(tx: Transaction): void;
}

/** Everything that a session changes during a turn of the event loop in one change, which is guarded once. */
export function createTurns({ commit, guard }: TurnOptions): Turns {
  let waiting: Step[] | undefined;

  async function run(steps: Step[]): Promise<void> {
    try {
      await commit((tx) => {
        // From now on it is closed: what comes later is the next turn's.
        if (waiting === steps) waiting = undefined;
        guard(tx);
        for (const step of steps) step.write(tx);
      });
    } catch (error) {
      if (waiting === steps) waiting = undefined;
      for (const step of steps) step.failed?.(BonafideError.from(error));
      return;
    }
    for (const step of steps) step.done?.();
  }

  return {
    add(step) {
      if (waiting) {
        waiting.push(step);
        return;
      }
      waiting = [step];
      void run(waiting);
    },
  };
}

/**
 * What is written about a session that is over, whose epoch may be stale. Where that fails the gateway is stopping or its
 * disk is full; the sweep then gives back what was held.
 */
export function afterEnd(
  { store, bus }: Services,
  work: (tables: Tables) => void,
  topics: string[] = [],
): void {
  store.commit(work).then(
    () => bus.publish(topics),
    () => undefined,
  );
}
