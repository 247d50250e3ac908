import type { Services } from '../context.ts';
import type { InboxName, StoredMessage } from '../stores/messages.ts';
import { createPool, type Pool } from './pool.ts';
import type { PoolReader } from './pool-source.ts';
import type { InboxReader } from './stream-source.ts';
import { inboxTopic } from './topics.ts';

/** An inbox that sessions of this gateway read. */
interface LocalInbox {
  readonly readers: ReadonlySet<InboxReader>;
  /** Of those who share it, if it is read by such. */
  readonly pool: Pool | undefined;
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
  /** From now on the reader is told what comes. */
  join<Reader extends InboxReader>(reader: Reader): Reader;
  joinPool(reader: PoolReader): PoolReader;
  leave(reader: InboxReader): void;
  /** Shares out what is there among those who share the inbox. */
  dispatch(inbox: InboxName): void;
  /** Hands on what was just committed here, and tells the other gateways. */
  announce(arrivals: readonly Arrivals[]): void;
}

interface Entry extends LocalInbox {
  readonly readers: Set<InboxReader>;
  pool: Pool | undefined;
  /** Ends what it hears from other gateways. */
  readonly end: () => void;
}

export function createLocalInboxes(services: Services): LocalInboxes {
  const entries = new Map<string, Entry>();
  /** What is published now was handed on here already. */
  let isOwn = false;

  function onNews(key: string): void {
    const entry = entries.get(key);
    if (isOwn || !entry) return;
    for (const reader of entry.readers) reader.onNews();
    entry.pool?.dispatch();
  }

  function enter(inbox: InboxName): Entry {
    const key = keyOf(inbox);
    const known = entries.get(key);
    if (known) return known;
    const end = services.bus.subscribe(inboxTopic(inbox), () => onNews(key));
    const entry = { readers: new Set<InboxReader>(), pool: undefined, end };
    entries.set(key, entry);
    return entry;
  }

  return {
    find: (inbox) => entries.get(keyOf(inbox)),
    join(reader) {
      enter(reader.inbox).readers.add(reader);
      return reader;
    },
    joinPool(reader) {
      const entry = enter(reader.inbox);
      entry.pool ??= createPool(services, reader.inbox);
      entry.pool.readers.add(reader);
      return reader;
    },
    leave(reader) {
      const key = keyOf(reader.inbox);
      const entry = entries.get(key);
      if (!entry) return;
      entry.readers.delete(reader);
      const sharing: Set<InboxReader> | undefined = entry.pool?.readers;
      sharing?.delete(reader);
      if (entry.readers.size > 0 || sharing?.size) return;
      entry.end();
      entries.delete(key);
    },
    dispatch: (inbox) => entries.get(keyOf(inbox))?.pool?.dispatch(),
    announce(arrivals) {
      for (const { inbox, previous, messages } of arrivals) {
        const entry = entries.get(keyOf(inbox));
        if (!entry) continue;
        for (const reader of entry.readers) reader.push(previous, messages);
        entry.pool?.dispatch();
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
