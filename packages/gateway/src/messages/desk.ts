import { BonafideError } from '@bonafide/core/errors';
import type { Session } from '../sessions/session.ts';
import type { StoredMessage } from '../stores/messages.ts';
import { messageLines } from './heads.ts';

/** One inbox as a session reads it: who keeps what was delivered from it until it is settled. */
export interface Source {
  /** Dealt with up to and including these; called once per turn with the sequences of this source, in order. */
  acknowledge(sequences: readonly number[]): void;
  reject(sequence: number, reason: string): void;
  /** There is room again. */
  pump(): void;
}

interface Delivery {
  readonly source: Source;
  readonly sequence: number;
  isSettled: boolean;
}

/**
 * Deliveries of one session: numbers them, holds back what exceeds the credit or what the reader does not take, and knows
 * what is not acknowledged.
 */
export interface Desk {
  /** How many more may be delivered now; none until it is open. */
  readonly room: number;
  open(): void;
  deliver(source: Source, message: StoredMessage): void;
  acknowledge(d: number): void;
  reject(d: number, reason: string): void;
  setCredit(messages: number): void;
  /** What was delivered and never dealt with. */
  unsettled(): readonly { readonly source: Source; readonly sequence: number }[];
}

/** Numbers go on counting when a session moves and its part is opened anew. */
const numbers = new WeakMap<Session, { last: number }>();

export function createDesk(
  session: Session,
  { maxQueuedBytes, onRoom }: { readonly maxQueuedBytes: number; onRoom(): void },
): Desk {
  const number = numbers.get(session) ?? { last: 0 };
  numbers.set(session, number);
  let credit = session.hello.credit;
  /** In order of their numbers, the first of which is `first`; those before `head` are done with. */
  let deliveries: Delivery[] = [];
  let first = number.last + 1;
  let head = 0;
  let open = 0;
  let isOpen = false;

  function settle(delivery: Delivery): void {
    delivery.isSettled = true;
    open--;
  }

  /** Forgets what is done with, at a cost that does not grow with the credit. */
  function trim(): void {
    while (deliveries[head]?.isSettled) head++;
    if (head < 64 || head * 2 < deliveries.length) return;
    deliveries = deliveries.slice(head);
    first += head;
    head = 0;
  }

  function assertDelivered(d: number): void {
    if (Number.isInteger(d) && d >= 1 && d <= number.last) return;
    throw new BonafideError('VALIDATION_FAILED', `There was no delivery ${d}.`);
  }

  return {
    get room() {
      return !isOpen || session.queuedBytes > maxQueuedBytes ? 0 : Math.max(0, credit - open);
    },
    open() {
      isOpen = true;
      onRoom();
    },
    deliver(source, message) {
      deliveries.push({ source, sequence: message.sequence, isSettled: false });
      open++;
      session.write(messageLines(message, ++number.last));
    },
    acknowledge(d) {
      assertDelivered(d);
      const bySource = new Map<Source, number[]>();
      for (; head < deliveries.length && first + head <= d; head++) {
        const delivery = deliveries[head];
        if (!delivery || delivery.isSettled) continue;
        settle(delivery);
        const sequences = bySource.get(delivery.source);
        if (sequences) sequences.push(delivery.sequence);
        else bySource.set(delivery.source, [delivery.sequence]);
      }
      trim();
      for (const [source, sequences] of bySource) source.acknowledge(sequences);
      if (bySource.size > 0) onRoom();
    },
    reject(d, reason) {
      assertDelivered(d);
      const delivery = deliveries[d - first];
      if (!delivery || delivery.isSettled) return;
      settle(delivery);
      trim();
      delivery.source.reject(delivery.sequence, reason);
      onRoom();
    },
    setCredit(messages) {
      credit = messages;
      onRoom();
    },
    unsettled: () => deliveries.slice(head).filter(({ isSettled }) => !isSettled),
  };
}
