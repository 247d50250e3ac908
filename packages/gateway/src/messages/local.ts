import type { Services } from '../context.ts';
import type { InboxName, StoredMessage } from '../stores/messages.ts';
import { createPool, type Pool } from './pool.ts';
import type { PoolReader } from './pool-source.ts';
import type { InboxReader } from './stream-source.ts';
import { inboxTopic } from './topics.ts';

/** An inbox that sessions of this gateway read. */
interface LocalInbox {
  readonly readers: ReadonlySet<InboxReader>;
  /** Of those who share it. */
  readonly pool: Pool;
}

/** Messages that were committed to an inbox, after the one that had been the last. */
export interface Arrivals {
  readonly inbox: InboxName;
  readonly previous: number;
  readonly messages: readonly StoredMessage[];
}

/** The inboxes that are read here. */
export interface LocalInboxes {
  find(inbox: InboxName): LocalInbox | undefined;
  /** Returns the function that ends it. */
  join(reader: InboxReader): () => void;
  joinPool(reader: PoolReader): () => void;
  /** Shares out what is there among those who share the inbox. */
  dispatch(inbox: InboxName): void;
  /** Hands on what was just committed here, and tells the other gateways. */
  announce(arrivals: readonly Arrivals[]): void;
}

interface Entry {
  readonly readers: Set<InboxReader>;
  readonly pool: Pool;
  readonly leave: () => void;
}

export function createLocalInboxes(services: Services): LocalInboxes {
  const entries = new Map<string, Entry>();
  /** What is published now was handed on here already. */
  let isOwn = false;

  function enter(inbox: InboxName): Entry {
    const key = keyOf(inbox);
    const known = entries.get(key);
    if (known) return known;
    const readers = new Set<InboxReader>();
    const pool = createPool(services, inbox);
    const leave = services.bus.subscribe(inboxTopic(inbox), () => {
      if (isOwn) return;
      for (const reader of readers) reader.onNews();
      if (pool.readers.size > 0) pool.dispatch();
    });
    const entry = { readers, pool, leave };
    entries.set(key, entry);
    return entry;
  }

  function leave(inbox: InboxName, entry: Entry): void {
    if (entry.readers.size > 0 || entry.pool.readers.size > 0) return;
    entry.leave();
    if (entries.get(keyOf(inbox)) === entry) entries.delete(keyOf(inbox));
  }

  return {
    find: (inbox) => entries.get(keyOf(inbox)),
    join(reader) {
      const entry = enter(reader.inbox);
      entry.readers.add(reader);
      return () => {
        entry.readers.delete(reader);
        leave(reader.inbox, entry);
      };
    },
    joinPool(reader) {
      const entry = enter(reader.inbox);
      entry.pool.readers.add(reader);
      return () => {
        entry.pool.readers.delete(reader);
        leave(reader.inbox, entry);
      };
    },
    dispatch: (inbox) => entries.get(keyOf(inbox))?.pool.dispatch(),
    announce(arrivals) {
      for (const { inbox, previous, messages } of arrivals) {
        const entry = entries.get(keyOf(inbox));
        if (!entry) continue;
        for (const reader of entry.readers) reader.push(previous, messages);
        if (entry.pool.readers.size > 0) entry.pool.dispatch();
      }
      isOwn = true;
      try {
        services.bus.publish(arrivals.map(({ inbox }) => inboxTopic(inbox)));
      } finally {
        isOwn = false;
      }
    },
  };
}

function keyOf({ workspace, address }: InboxName): string {
  return `${workspace}\n${address}`;
}
