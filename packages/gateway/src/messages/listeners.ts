import type { Services } from '../context.ts';
import type { LiveRelay } from './live.ts';
import { readRelayed } from './relayed.ts';
import { liveSubject } from './topics.ts';

export interface Listeners {
  /** One more session of the workspace is here. */
  join(workspace: string): void;
  leave(workspace: string): void;
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
    },
    leave(workspace) {
      const room = rooms.get(workspace);
      if (!room || --room.sessions > 0) return;
      room.end();
      rooms.delete(workspace);
    },
  };
}
