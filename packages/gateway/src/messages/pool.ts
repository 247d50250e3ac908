import type { Services } from '../context.ts';
import type { InboxName, StoredMessage } from '../stores/messages.ts';
import type { Tables } from '../stores/store.ts';
import type { PoolReader } from './pool-source.ts';

/** Most that one reader gets at once, so that a slow one does not sit on what others could do. */
const MAX_SHARE = 32;
const RETRY_MS = 1000;

interface Share {
  readonly reader: PoolReader;
  readonly messages: readonly StoredMessage[];
}

export interface Pool {
  readonly readers: Set<PoolReader>;
  dispatch(): void;
  /** All of them, each time beginning with another. */
  next(): PoolReader[];
}

/**
 * Shares out what waits in an inbox among its readers on this gateway: evenly, those first who have least. The claim is
 * written before anything is delivered, so that two gateways never both deliver a message.
 */
export function createPool(services: Services, inbox: InboxName): Pool {
  const readers = new Set<PoolReader>();
  let isDispatching = false;
  let isNews = false;
  let turn = 0;
  let retry: NodeJS.Timeout | undefined;

  function tryAgain(): void {
    retry = undefined;
    if (readers.size > 0) void dispatch();
  }

  async function dispatch(): Promise<void> {
    isNews = true;
    if (isDispatching) return;
    isDispatching = true;
    try {
      while (isNews) {
        isNews = false;
        const free = [...readers].filter(({ room }) => room > 0).sort((a, b) => a.held - b.held);
        if (free.length === 0) return;
        const shares = await services.store.commit((tables) => shareOut(tables, { inbox, free }));
        for (const { reader, messages } of shares) {
          if (messages.length > 0) isNews = true;
          reader.take(messages);
        }
      }
    } catch {
      // Nothing was claimed, and perhaps nothing more comes that would have it looked at again.
      if (!retry) retry = setTimeout(tryAgain, RETRY_MS).unref();
    } finally {
      isDispatching = false;
    }
  }

  return {
    readers,
    dispatch: () => void dispatch(),
    next() {
      const all = [...readers];
      const start = all.length === 0 ? 0 : turn++ % all.length;
      return [...all.slice(start), ...all.slice(0, start)];
    },
  };
}

function shareOut(
  tables: Tables,
  { inbox, free }: { readonly inbox: InboxName; readonly free: readonly PoolReader[] },
): Share[] {
  const found = tables.inboxes.find(inbox);
  if (!found) return [];
  const { inboxId } = found;
  const waiting = tables.messages.getUnheldCount(inboxId, free.length * MAX_SHARE);
  const share = Math.ceil(waiting / free.length);
  const shares: Share[] = [];
  for (const reader of free) {
    const limit = Math.min(share, reader.room, MAX_SHARE);
    const messages = tables.messages.claim(inboxId, { heldBy: reader.session.sessionId, limit });
    if (messages.length === 0) break;
    shares.push({ reader, messages });
  }
  return shares;
}
