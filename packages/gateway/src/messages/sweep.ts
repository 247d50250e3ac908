import { setImmediate } from 'node:timers/promises';
import type { Bus } from '../bus/bus.ts';
import { newId } from '../ids.ts';
import type { PendingPlace } from '../stores/messages.ts';
import type { Store } from '../stores/store.ts';
import { defaultLimits, type MessageLimits } from './limits.ts';
import { inboxTopic } from './topics.ts';

/** Rows that one change touches at most, so that nobody waits for it long. */
const BATCH = 1000;

export interface MessageSweep {
  /** Makes dead letters of what expired, and gives back what sessions held that are gone with their gateway. */
  sweep(): Promise<void>;
  /** Ends what nobody took for too long, and forgets what was settled long ago. */
  prune(): Promise<void>;
}

interface SweepOptions {
  readonly store: Store;
  readonly bus: Bus;
  readonly now: () => number;
  readonly limits?: MessageLimits | undefined;
}

export function createMessageSweep({ store, bus, now, limits = defaultLimits }: SweepOptions): MessageSweep {
  /** Up to here nothing is left that only its age ends. */
  let looked = 0;

  async function expire(found: readonly PendingPlace[]): Promise<void> {
    const letters = found.map((message) => ({ message, deadLetterId: newId(now()) }));
    await store.commit((tables) => {
      for (const { message, deadLetterId } of letters)
        tables.deadLetters.bury(message, { deadLetterId, reason: 'expired', at: now() });
    });
  }

  async function expireOutdated(): Promise<void> {
    const before = now() - limits.retentionMs;
    for (;;) {
      const { items, scannedThrough } = store.read.messages.listOutdated(before, {
        after: looked,
        limit: BATCH,
      });
      if (items.length > 0) await expire(items);
      else await setImmediate();
      if (scannedThrough === looked) return;
      looked = scannedThrough;
    }
  }

  return {
    async sweep() {
      let found: readonly PendingPlace[];
      do {
        found = store.read.messages.listExpired(now(), BATCH);
        if (found.length > 0) await expire(found);
      } while (found.length === BATCH);
      await releaseAbandoned({ store, bus });
    },
    async prune() {
      await expireOutdated();
      let removed: number;
      do removed = await store.commit((tables) => tables.messages.prune(now() - limits.dedupeMs, BATCH));
      while (removed === BATCH);
      await store.commit((tables) => tables.deadLetters.prune(now() - limits.deadLetterMs));
    },
  };
}

async function releaseAbandoned({ store, bus }: { readonly store: Store; readonly bus: Bus }): Promise<void> {
  const isGone = ({ heldBy }: { readonly heldBy: string }) => store.read.sessions.get(heldBy) === undefined;
  const abandoned = store.read.messages.listHolders().filter(isGone);
  if (abandoned.length === 0) return;
  const inboxes = await store.commit((tables) =>
    abandoned.flatMap(({ inboxId, heldBy }) => {
      tables.messages.release(inboxId, heldBy);
      return tables.inboxes.get(inboxId) ?? [];
    }),
  );
  bus.publish(inboxes.map(inboxTopic));
}
