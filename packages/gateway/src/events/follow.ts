import { workspaceTopic } from '../bus/bus.ts';
import type { Context } from '../context.ts';
import type { StoredEvent } from '../stores/store.ts';
import { CHAIN_WORKSPACE } from '../workspaces/names.ts';
import { startOf } from './cursor.ts';
import { createWaiter } from './waiter.ts';

const PAGE = 100;

/** One event of the store, or the notice that events were lost before the next one. */
export type Followed =
  | { readonly kind: 'event'; readonly id: number; readonly event: StoredEvent }
  | { readonly kind: 'reset'; readonly oldest: number };

/** The events of the caller's workspace and of the chain from a cursor on, oldest first, then live, without end. */
export async function* followEvents(
  { read, services, workspace, signal }: Context,
  cursor: string | undefined,
): AsyncGenerator<Followed> {
  const workspaces = [workspace, CHAIN_WORKSPACE];
  const waiter = createWaiter(services.bus, { topics: workspaces.map(workspaceTopic), signal });
  try {
    let { after, isReset } = startOf(cursor, read.events);
    if (isReset) yield { kind: 'reset', oldest: after };
    while (!signal.aborted) {
      const page = read.events.listAfter({ workspaces, after, limit: PAGE });
      for (const event of page) {
        yield { kind: 'event', id: event.id, event };
        after = event.id;
      }
      if (page.length < PAGE) await waiter.next();
      // Retention may have passed a reader that stood still.
      const { floor } = read.events.getBounds();
      if (after < floor) {
        after = floor;
        yield { kind: 'reset', oldest: floor };
      }
    }
  } finally {
    waiter.close();
  }
}
