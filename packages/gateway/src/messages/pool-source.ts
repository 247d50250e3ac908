import type { InboxName, StoredMessage } from '../stores/messages.ts';
import { createSettlement } from './settlement.ts';
import type { InboxReader, ReaderOptions } from './stream-source.ts';
import { inboxTopic } from './topics.ts';
import { afterEnd } from './turn.ts';

/** One of those who share an inbox, each message of which goes to one of them. */
export interface PoolReader extends InboxReader {
  /** How many it would take now. */
  readonly room: number;
  /** How many it has and did not deal with. */
  readonly held: number;
  /** These are its own now, in the store. */
  take(messages: readonly StoredMessage[]): void;
}

interface PoolReaderOptions extends ReaderOptions {
  readonly inbox: InboxName;
  /** Shares out what is there among all who have room. */
  dispatch(): void;
}

/** Reads an inbox together with others: what the dispatcher gives it is held by its session until it is settled. */
export function createPoolSource(options: PoolReaderOptions): PoolReader {
  const { services, inbox, desk, limits, session, dispatch } = options;
  const { sessionId: heldBy } = session;
  const settlement = createSettlement(options);
  let held = 0;
  let isClosed = false;

  function giveBack(): void {
    afterEnd(
      services,
      ({ inboxes, messages }) => {
        const found = inboxes.find(inbox);
        if (found) messages.release(found.inboxId, heldBy);
      },
      [inboxTopic(inbox)],
    );
  }

  const reader: PoolReader = {
    inbox,
    session,
    get room() {
      return isClosed ? 0 : desk.room;
    },
    get held() {
      return held;
    },
    take(messages) {
      if (isClosed) {
        giveBack();
        return;
      }
      for (const message of messages) {
        const { expiresAt, attempts, sequence } = message;
        if (expiresAt !== undefined && expiresAt <= services.now())
          settlement.bury(sequence, { reason: 'expired', heldBy });
        else if (attempts > limits.attempts) settlement.bury(sequence, { reason: 'attempts', heldBy });
        else {
          held++;
          // The claim has counted this delivery already.
          desk.deliver(reader, { ...message, attempts: attempts - 1 });
        }
      }
    },
    pump: dispatch,
    onNews: dispatch,
    push: dispatch,
    acknowledge(sequences) {
      held -= sequences.length;
      settlement.acknowledgeHeld(sequences);
    },
    reject(sequence, detail) {
      held--;
      settlement.bury(sequence, { reason: 'rejected', detail, heldBy });
    },
    close() {
      isClosed = true;
      giveBack();
    },
  };
  return reader;
}
