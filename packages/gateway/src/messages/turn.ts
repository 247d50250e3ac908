import { BonafideError } from '@bonafide/core/errors';
import type { Services } from '../context.ts';
import type { Ledger, Transaction } from '../ledger.ts';
import type { Session } from '../sessions/session.ts';
import type { Tables } from '../stores/store.ts';
import { assertCurrent } from './place.ts';

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

/** Everything that a session changes during a turn of the event loop in one change, which is guarded once. */
export class SessionTurns implements Turns {
  readonly #session: Session;
  readonly #ledger: Ledger;
  #waiting: Step[] | undefined;

  constructor(session: Session, ledger: Ledger) {
    this.#session = session;
    this.#ledger = ledger;
  }

  add(step: Step): void {
    if (this.#waiting) {
      this.#waiting.push(step);
      return;
    }
    this.#waiting = [step];
    void this.#run(this.#waiting);
  }

  async #run(steps: Step[]): Promise<void> {
    const { workspace, actor } = this.#session;
    try {
      await this.#ledger.commit({ workspace, actor }, (tx) => {
        // From now on it is closed: what comes later is the next turn's.
        this.#end(steps);
        assertCurrent(tx.tables, this.#session);
        for (const step of steps) step.write(tx);
      });
    } catch (error) {
      this.#end(steps);
      for (const step of steps) step.failed?.(BonafideError.from(error));
      return;
    }
    for (const step of steps) step.done?.();
  }

  #end(steps: Step[]): void {
    if (this.#waiting === steps) this.#waiting = undefined;
  }
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
