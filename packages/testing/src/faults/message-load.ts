import type { Session } from '@bonafide/core/session';
import { PATIENCE_MS, unlessOver, until } from './fleet.ts';

/** What one sender did towards one recipient, and what came of it. */
interface Pair {
  readonly to: string;
  /** Ids in the order in which they were sent, one after the other. */
  readonly sent: string[];
  readonly acknowledged: Set<string>;
  /** Ids in the order in which handlers got them. */
  readonly arrived: string[];
}

export interface MessageLoad {
  /** Sends no more, and resolves once every acknowledged message has arrived. */
  finish(): Promise<void>;
  /** What does not hold; empty when all of it does. */
  findings(): string[];
  readonly counts: () => { readonly acknowledged: number; readonly arrived: number };
}

/** Everybody sends to everybody else, one message at a time for each pair, under whatever happens to the gateway. */
export function startMessageLoad(sessions: readonly Session[], signal: AbortSignal): MessageLoad {
  const pairs = new Map<string, Pair>();
  let isOver = false;
  for (const from of sessions) {
    for (const { address: to } of sessions) {
      if (to !== from.address)
        pairs.set(`${from.address} ${to}`, { to, sent: [], acknowledged: new Set(), arrived: [] });
    }
  }
  for (const session of sessions) {
    session.on('chat', ({ from, messageId }) => {
      pairs.get(`${from} ${session.address}`)?.arrived.push(messageId);
    });
  }
  const sending = sessions.flatMap((session) =>
    [...pairs]
      .filter(([key]) => key.startsWith(`${session.address} `))
      .map(([, pair]) => unlessOver(send(session, pair), signal)),
  );

  async function send(session: Session, { to, sent, acknowledged }: Pair): Promise<void> {
    while (!isOver && !signal.aborted) {
      const messageId = `m${sent.length}`;
      sent.push(messageId);
      await session.send(to, { index: sent.length }, { messageId, timeoutMs: PATIENCE_MS });
      acknowledged.add(messageId);
    }
  }

  return {
    async finish() {
      isOver = true;
      await Promise.all(sending);
      await until('every acknowledged message arrives', () => [...pairs.values()].every(isComplete));
    },
    findings: () => [...pairs].flatMap(([name, pair]) => examine(name, pair)),
    counts: () => ({
      acknowledged: sum([...pairs.values()].map(({ acknowledged }) => acknowledged.size)),
      arrived: sum([...pairs.values()].map(({ arrived }) => arrived.length)),
    }),
  };
}

function isComplete({ acknowledged, arrived }: Pair): boolean {
  const all = new Set(arrived);
  return [...acknowledged].every((id) => all.has(id));
}

function examine(name: string, { sent, acknowledged, arrived }: Pair): string[] {
  const once = [...new Set(arrived)];
  const lost = [...acknowledged].filter((id) => !once.includes(id));
  const order = once.map((id) => sent.indexOf(id));
  const isOrdered = order.every((index, position) => index > (order[position - 1] ?? -1));
  return [
    ...(lost.length > 0 ? [`${name}: acknowledged and lost: ${lost.join(', ')}`] : []),
    ...(order.includes(-1) ? [`${name}: something arrived that nobody sent`] : []),
    ...(arrived.length > once.length
      ? [`${name}: ${arrived.length - once.length} came twice to a handler`]
      : []),
    ...(isOrdered ? [] : [`${name}: out of order: ${once.join(', ')}`]),
  ];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
