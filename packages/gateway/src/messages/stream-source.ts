import type { Session } from '../sessions/session.ts';
import type { InboxName, StoredMessage } from '../stores/messages.ts';
import type { Desk, Source } from './desk.ts';
import type { MessageLimits } from './limits.ts';
import { createSettlement, type SettlementOptions } from './settlement.ts';
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

export interface ReaderOptions extends SettlementOptions {
  readonly desk: Desk;
  readonly limits: MessageLimits;
}

/**
 * Reads an inbox in order, from its oldest message on: its owner's, or that of a user, which all windows read. What is
 * committed while it is up to date is delivered from memory, the rest from the store as the credit allows.
 */
export function createStreamSource(options: ReaderOptions): InboxReader {
  const { services, inbox, desk, session, limits } = options;
  const settlement = createSettlement(options);
  const { read } = services.store;
  let inboxId: number | undefined;
  /** Up to here everything was delivered, or need not be. */
  let position = 0;
  let isBehind = true;
  let isClosed = false;

  function pump(): void {
    while (isBehind && !isClosed && desk.room > 0) {
      inboxId ??= read.inboxes.find(inbox)?.inboxId;
      const last = inboxId === undefined ? 0 : read.inboxes.getLastSequence(inboxId);
      const page = inboxId === undefined || last <= position ? [] : readPage(inboxId);
      for (const message of page) offer(message);
      if (page.length > 0) continue;
      position = Math.max(position, last);
      isBehind = false;
    }
  }

  function readPage(id: number): StoredMessage[] {
    const limit = Math.min(PAGE, desk.room);
    return read.messages.listAfter(id, { after: position, limit, maxBytes: PAGE_BYTES });
  }

  function offer(message: StoredMessage): void {
    position = message.sequence;
    const { expiresAt, attempts } = message;
    if (expiresAt !== undefined && expiresAt <= services.now())
      settlement.bury(message.sequence, { reason: 'expired' });
    else if (attempts >= limits.attempts) settlement.bury(message.sequence, { reason: 'attempts' });
    else desk.deliver(reader, message);
  }

  const reader: InboxReader = {
    inbox,
    session,
    pump,
    onNews() {
      isBehind = true;
      pump();
    },
    push(previous, messages) {
      if (isBehind || previous > position) {
        isBehind = true;
        pump();
        return;
      }
      for (const message of messages) {
        if (message.sequence <= position) continue;
        if (desk.room === 0) {
          isBehind = true;
          return;
        }
        offer(message);
      }
    },
    acknowledge(sequences) {
      const through = sequences.at(-1);
      if (through !== undefined) settlement.acknowledgeThrough(through);
    },
    reject: (sequence, detail) => settlement.bury(sequence, { reason: 'rejected', detail }),
    close(unsettled) {
      isClosed = true;
      const [from, through] = [unsettled[0], unsettled.at(-1)];
      if (from === undefined || through === undefined) return;
      afterEnd(services, ({ inboxes, messages }) =>
        messages.addAttempt(inboxes.ensure(inbox), { from, through }),
      );
    },
  };
  return reader;
}
