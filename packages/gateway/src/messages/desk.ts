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

const NONE: readonly Delivery[] = [];
/** Where numbers go on when a session moves and its part is opened anew. */
const lastNumbers = new WeakMap<Session, number>();

/**
 * Deliveries of one session: numbers them, holds back what exceeds the credit or what the reader does not take, and knows
 * what is not acknowledged.
 */
export class Desk {
  readonly #session: Session;
  readonly #maxQueuedBytes: number;
  readonly #onRoom: () => void;
  #credit: number;
  /** In order of their numbers, the first of which is `first`; those before `head` are done with. Made when it is needed. */
  #deliveries: Delivery[] | undefined;
  #last: number;
  #first: number;
  #head = 0;
  #open = 0;
  #isOpen = false;

  constructor(
    session: Session,
    { maxQueuedBytes, onRoom }: { readonly maxQueuedBytes: number; onRoom(): void },
  ) {
    this.#session = session;
    this.#maxQueuedBytes = maxQueuedBytes;
    this.#onRoom = onRoom;
    this.#credit = session.hello.credit;
    this.#last = lastNumbers.get(session) ?? 0;
    this.#first = this.#last + 1;
  }

  /** How many more may be delivered now; none until it is open. */
  get room(): number {
    if (!this.#isOpen || this.#session.queuedBytes > this.#maxQueuedBytes) return 0;
    return Math.max(0, this.#credit - this.#open);
  }

  open(): void {
    this.#isOpen = true;
    this.#onRoom();
  }

  deliver(source: Source, message: StoredMessage): void {
    this.#deliveries ??= [];
    this.#deliveries.push({ source, sequence: message.sequence, isSettled: false });
    this.#open++;
    this.#session.write(messageLines(message, ++this.#last));
  }

  acknowledge(d: number): void {
    this.#assertDelivered(d);
    const deliveries = this.#deliveries ?? NONE;
    const bySource = new Map<Source, number[]>();
    for (; this.#head < deliveries.length && this.#first + this.#head <= d; this.#head++) {
      const delivery = deliveries[this.#head];
      if (!delivery || delivery.isSettled) continue;
      this.#settle(delivery);
      const sequences = bySource.get(delivery.source);
      if (sequences) sequences.push(delivery.sequence);
      else bySource.set(delivery.source, [delivery.sequence]);
    }
    this.#trim();
    for (const [source, sequences] of bySource) source.acknowledge(sequences);
    if (bySource.size > 0) this.#onRoom();
  }

  reject(d: number, reason: string): void {
    this.#assertDelivered(d);
    const delivery = this.#deliveries?.[d - this.#first];
    if (!delivery || delivery.isSettled) return;
    this.#settle(delivery);
    this.#trim();
    delivery.source.reject(delivery.sequence, reason);
    this.#onRoom();
  }

  setCredit(messages: number): void {
    this.#credit = messages;
    this.#onRoom();
  }

  /** Ends it; what was delivered and never dealt with. */
  close(): readonly { readonly source: Source; readonly sequence: number }[] {
    if (!this.#deliveries) return NONE;
    lastNumbers.set(this.#session, this.#last);
    return this.#deliveries.slice(this.#head).filter(({ isSettled }) => !isSettled);
  }

  #settle(delivery: Delivery): void {
    delivery.isSettled = true;
    this.#open--;
  }

  /** Forgets what is done with, at a cost that does not grow with the credit. */
  #trim(): void {
    const deliveries = this.#deliveries ?? NONE;
    while (deliveries[this.#head]?.isSettled) this.#head++;
    if (this.#head < 64 || this.#head * 2 < deliveries.length) return;
    this.#deliveries = deliveries.slice(this.#head);
    this.#first += this.#head;
    this.#head = 0;
  }

  #assertDelivered(d: number): void {
    if (Number.isInteger(d) && d >= 1 && d <= this.#last) return;
    throw new BonafideError('VALIDATION_FAILED', `There was no delivery ${d}.`);
  }
}
