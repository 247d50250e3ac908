import type { Services } from '../context.ts';
import type { LiveRelay } from './live.ts';
import { readRelayed } from './relayed.ts';
import { liveSubject } from './topics.ts';

export interface Listeners {
  /** Returns the function that ends it. */
  join(workspace: string): () => void;
}

/** Takes live messages of other gateways for the workspaces in which this one has sessions. */
export function createListeners({ bus, gatewayId }: Services, relay: LiveRelay): Listeners {
  const rooms = new Map<string, { sessions: number; readonly end: () => void }>();

  function take(text: string): void {
    const { relayed, lines } = readRelayed(text);
    if (relayed.gateway === gatewayId) return;
    const reach = relay.hand(relayed.route, lines, relayed.sender);
    const { answer } = relayed;
    if (answer) bus.post(answer.subject, JSON.stringify({ gateway: gatewayId, ...reach }));
  }

  return {
    join(workspace) {
      const room = rooms.get(workspace) ?? { sessions: 0, end: bus.listen(liveSubject(workspace), take) };
      rooms.set(workspace, room);
      room.sessions++;
      return () => {
        if (--room.sessions > 0) return;
        room.end();
        rooms.delete(workspace);
      };
    },
  };
}
