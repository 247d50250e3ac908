import type { BonafideError } from '@bonafide/core/errors';
import type { DeadLetter } from '@bonafide/core/models';
import type { Services } from '../context.ts';
import { newId } from '../ids.ts';
import type { Session } from '../sessions/session.ts';
import type { InboxName } from '../stores/messages.ts';
import type { Turns } from './turn.ts';

export interface SettlementOptions {
  readonly services: Services;
  readonly inbox: InboxName;
  readonly turns: Turns;
  readonly session: Session;
}

type Reason = Exclude<DeadLetter['reason'], 'overflow'>;

/** Writes what becomes of the messages of an inbox that one session got. */
export interface Settlement {
  /** All of the inbox up to a sequence. */
  acknowledgeThrough(through: number): void;
  /** Those that the session holds. */
  acknowledgeHeld(sequences: readonly number[]): void;
  bury(
    sequence: number,
    why: { readonly reason: Reason; readonly detail?: string; readonly heldBy?: string },
  ): void;
}

export function createSettlement({ services, inbox, turns, session }: SettlementOptions): Settlement {
  /** What the turn that is under way acknowledges. */
  let open: { through: number } | undefined;
  /** What its owner believes to be acknowledged is not. */
  const failed = (error: BonafideError) => session.close(error);

  return {
    acknowledgeThrough(through) {
      if (open) {
        open.through = through;
        return;
      }
      const mine = { through };
      open = mine;
      turns.add({
        write({ tables }) {
          if (open === mine) open = undefined;
          tables.messages.settle(tables.inboxes.ensure(inbox), mine, 'delivered');
        },
        failed,
      });
    },
    acknowledgeHeld(sequences) {
      const which = { sequences, heldBy: session.sessionId };
      turns.add({
        write({ tables }) {
          tables.messages.settle(tables.inboxes.ensure(inbox), which, 'delivered');
        },
        failed,
      });
    },
    bury(sequence, { reason, detail, heldBy }) {
      // What is acknowledged after this must not take it along.
      open = undefined;
      const deadLetterId = newId(services.now());
      turns.add({
        write({ tables, nowMs }) {
          const message = { inboxId: tables.inboxes.ensure(inbox), sequence, heldBy };
          tables.deadLetters.bury(message, { deadLetterId, reason, detail, at: nowMs });
        },
        failed,
      });
    },
  };
}
