import type { Session } from '../sessions/session.ts';
import type { InboxName, StoredMessage } from '../stores/messages.ts';
import type { Desk, Source } from './desk.ts';
import type { MessageLimits } from './limits.ts';
import { createSettlement, type Settlement, type SettlementOptions } from './settlement.ts';
import { afterEnd } from './turn.ts';

const PAGE = 256;
const PAGE_BYTES = 1_048_576;

/** Reads an inbox for one session. */
export interface InboxReader extends Source {
  readonly inbox: InboxName;
  readonly session: Session;
  /** Something may be there that it does not know of. */
  onNews(): void;
  /** These were committed just now, after the message `previous`. */
  push(previous: number, messages: readonly StoredMessage[]): void;
  /** What was delivered in vain is another attempt. */
  close(unsettled: readonly number[]): void;
}

/** What the readers of one session share. */
export interface ReaderOptions extends Omit<SettlementOptions, 'inbox'> {
  readonly desk: Desk;
  readonly limits: MessageLimits;
}

/**
 * Reads an inbox in order, from its oldest message on: its owner's, or that of a user, which all windows read. What is
 * committed while it is up to date is delivered from memory, the rest from the store as the credit allows.
 */
export class StreamSource implements InboxReader {
  readonly inbox: InboxName;
  readonly #options: ReaderOptions;
  /** Made when there is something to settle. */
  #settlement: Settlement | undefined;
  #inboxId: number | undefined;
  /** Up to here everything was delivered, or need not be. */
  #position = 0;
  #isBehind = true;
  #isClosed = false;

  constructor(inbox: InboxName, options: ReaderOptions) {
    this.inbox = inbox;
    this.#options = options;
  }

  get session(): Session {
    return this.#options.session;
  }

  pump(): void {
    const { desk, services } = this.#options;
    const { inboxes } = services.store.read;
    while (this.#isBehind && !this.#isClosed && desk.room > 0) {
      this.#inboxId ??= inboxes.find(this.inbox)?.inboxId;
      const last = this.#inboxId === undefined ? 0 : inboxes.getLastSequence(this.#inboxId);
      const page = this.#inboxId === undefined || last <= this.#position ? [] : this.#readPage(this.#inboxId);
      for (const message of page) this.#offer(message);
      if (page.length > 0) continue;
      this.#position = Math.max(this.#position, last);
      this.#isBehind = false;
    }
  }

  onNews(): void {
    this.#isBehind = true;
    this.pump();
  }

  push(previous: number, messages: readonly StoredMessage[]): void {
    if (this.#isBehind || previous > this.#position) {
      this.onNews();
      return;
    }
    for (const message of messages) {
      if (message.sequence <= this.#position) continue;
      if (this.#options.desk.room === 0) {
        this.#isBehind = true;
        return;
      }
      this.#offer(message);
    }
  }

  acknowledge(sequences: readonly number[]): void {
    const through = sequences.at(-1);
    if (through !== undefined) this.#settling.acknowledgeThrough(through);
  }

  reject(sequence: number, detail: string): void {
    this.#settling.bury(sequence, { reason: 'rejected', detail });
  }

  close(unsettled: readonly number[]): void {
    this.#isClosed = true;
    const [from, through] = [unsettled[0], unsettled.at(-1)];
    if (from === undefined || through === undefined) return;
    afterEnd(this.#options.services, ({ inboxes, messages }) =>
      messages.addAttempt(inboxes.ensure(this.inbox), { from, through }),
    );
  }

  get #settling(): Settlement {
    this.#settlement ??= createSettlement({ ...this.#options, inbox: this.inbox });
    return this.#settlement;
  }

  #readPage(id: number): StoredMessage[] {
    const { desk, services } = this.#options;
    const limit = Math.min(PAGE, desk.room);
    return services.store.read.messages.listAfter(id, { after: this.#position, limit, maxBytes: PAGE_BYTES });
  }

  #offer(message: StoredMessage): void {
    this.#position = message.sequence;
    const { expiresAt, attempts, sequence } = message;
    const { services, limits, desk } = this.#options;
    if (expiresAt !== undefined && expiresAt <= services.now())
      this.#settling.bury(sequence, { reason: 'expired' });
    else if (attempts >= limits.attempts) this.#settling.bury(sequence, { reason: 'attempts' });
    else desk.deliver(this, message);
  }
}
