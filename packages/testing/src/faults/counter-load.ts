import type { Session } from '@bonafide/core/session';
import { PATIENCE_MS } from './fleet.ts';

export interface CounterLoad {
  finish(): Promise<void>;
  findings(): Promise<string[]>;
  readonly counts: () => { readonly acknowledged: number; readonly unknown: number };
}

const KEYS = ['faults/a', 'faults/b'];

/** Everybody increments the same few keys; an increment that was acknowledged is in the sum for ever. */
export function startCounterLoad(sessions: readonly Session[], signal: AbortSignal): CounterLoad {
  const acknowledged = new Map(KEYS.map((key) => [key, 0]));
  const unknown = new Map(KEYS.map((key) => [key, 0]));
  let isOver = false;
  const adding = sessions.flatMap((session) => KEYS.map((key) => add(session, key)));

  async function add(session: Session, key: string): Promise<void> {
    while (!isOver && !signal.aborted) {
      const isKnown = await session.kv.increment({ key }, { timeoutMs: PATIENCE_MS }).then(
        () => true,
        () => false,
      );
      const counted = isKnown ? acknowledged : unknown;
      counted.set(key, (counted.get(key) ?? 0) + 1);
    }
  }

  return {
    async finish() {
      isOver = true;
      await Promise.all(adding);
    },
    async findings() {
      const [reader] = sessions;
      const found = await Promise.all(
        KEYS.map(async (key) => {
          const { entry } = (await reader?.kv.get({ key })) ?? {};
          const atLeast = acknowledged.get(key) ?? 0;
          const atMost = atLeast + (unknown.get(key) ?? 0);
          const value = Number(entry?.value ?? 0);
          return value >= atLeast && value <= atMost
            ? []
            : [`${key} is ${value}, and ${atLeast} to ${atMost} increments were made`];
        }),
      );
      return found.flat();
    },
    counts: () => ({ acknowledged: sum(acknowledged), unknown: sum(unknown) }),
  };
}

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((total, count) => total + count, 0);
