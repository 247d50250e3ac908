import type { Session } from '@bonafide/core/session';
import { PATIENCE_MS, unlessOver, until } from './fleet.ts';

export interface PoolLoad {
  /** Sends no more, and resolves once every acknowledged message has arrived. */
  finish(): Promise<void>;
  /** What does not hold; empty when all of it does. */
  findings(): string[];
  readonly counts: () => { readonly acknowledged: number; readonly arrived: number };
}

/** One session sends to a pool, one message at a time, whose consumers come and go with the gateway. */
export function startPoolLoad(
  sender: Session,
  {
    consumers,
    pool,
    signal,
  }: { readonly consumers: readonly Session[]; readonly pool: string; readonly signal: AbortSignal },
): PoolLoad {
  const sent: string[] = [];
  const acknowledged: string[] = [];
  const arrived = new Set<string>();
  let isOver = false;
  for (const consumer of consumers) consumer.on('chat', ({ messageId }) => void arrived.add(messageId));
  const sending = unlessOver(send(), signal);
  const findLost = () => acknowledged.filter((id) => !arrived.has(id));

  async function send(): Promise<void> {
    while (!isOver && !signal.aborted) {
      const messageId = `p${sent.length}`;
      sent.push(messageId);
      await sender.send(`tb::default::${pool}`, {}, { messageId, timeoutMs: PATIENCE_MS });
      acknowledged.push(messageId);
    }
  }

  return {
    async finish() {
      isOver = true;
      await sending;
      await until('every acknowledged message of the pool arrives', () => findLost().length === 0);
    },
    findings() {
      const [lost, strange] = [findLost(), [...arrived].filter((id) => !sent.includes(id))];
      return [
        ...(lost.length > 0 ? [`pool: acknowledged and lost: ${lost.join(', ')}`] : []),
        ...(strange.length > 0 ? [`pool: nobody sent ${strange.join(', ')}`] : []),
      ];
    },
    counts: () => ({ acknowledged: acknowledged.length, arrived: arrived.size }),
  };
}
