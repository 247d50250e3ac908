import { BonafideError } from '@bonafide/core/errors';
import { encodeFrame, type LiveFrame } from '@bonafide/core/protocol';
import type { Services } from '../context.ts';
import type { Session } from '../sessions/session.ts';
import { elsewhere } from './elsewhere.ts';
import { liveHead } from './heads.ts';
import type { MessageLimits } from './limits.ts';
import type { LocalInboxes } from './local.ts';
import { isGroup, recipientsOf } from './recipients.ts';
import { type Relayed, writeRelayed } from './relayed.ts';
import type { Route } from './route.ts';
import type { Routes } from './routes.ts';
import { checkLive } from './send-frame.ts';
import { refuse } from './sender.ts';
import { liveSubject } from './topics.ts';

/** How many got a live message, and how many were too slow for it. */
export interface Reach {
  readonly reached: number;
  readonly missed: number;
}

/** Live messages: at once to who is here, over the bus to other gateways, and never into the store. */
export interface LiveRelay {
  /** Hands lines to those of a route who are here. */
  hand(route: Route, lines: string, sender: string): Reach;
  /** Hands lines to those of a route who are elsewhere; false when nobody can be. */
  forward(relayed: Omit<Relayed, 'gateway'>, lines: string): boolean;
  /** There is room again: says what did not fit. */
  tellLost(session: Session): void;
  forget(session: Session): void;
}

export function createLiveRelay(
  services: Services,
  { local, limits }: { readonly local: LocalInboxes; readonly limits: MessageLimits },
): LiveRelay {
  const { hub, bus, gatewayId } = services;
  const lost = new Map<Session, number>();

  function give(session: Session, lines: string): boolean {
    if (session.queuedBytes <= limits.queuedBytes) {
      session.write(lines);
      return true;
    }
    lost.set(session, (lost.get(session) ?? 0) + 1);
    return false;
  }

  return {
    hand(route, lines, sender) {
      const isAll = isGroup(route);
      let [reached, missed] = [0, 0];
      for (const session of recipientsOf({ hub, local }, route)) {
        // Who speaks to all does not hear itself.
        if (isAll && session.name === sender) continue;
        if (give(session, lines)) reached++;
        else missed++;
      }
      return { reached, missed };
    },
    forward(relayed, lines) {
      const route = isGroup(relayed.route) ? relayed.route : elsewhere(services, relayed.route);
      if (!route) return false;
      bus.post(liveSubject(route.workspace), writeRelayed({ ...relayed, route, gateway: gatewayId }, lines));
      return true;
    },
    tellLost(session) {
      const count = lost.get(session);
      if (count === undefined || session.queuedBytes > limits.queuedBytes) return;
      lost.delete(session);
      session.write(encodeFrame({ t: 'lost', count }));
    },
    forget(session) {
      lost.delete(session);
    },
  };
}

/** What a session says live. */
export function createLiveSender({
  session,
  routes,
  relay,
  onMetric,
}: {
  readonly session: Session;
  readonly routes: Routes;
  readonly relay: LiveRelay;
  onMetric(workspace: string, body: string): void;
}): (frame: LiveFrame, body: string) => void {
  function send({ to, kind, n }: LiveFrame, body: string): void {
    const { route, heads } = routes.find(to);
    const head = heads.get(kind) ?? liveHead(session.name, route.name, kind);
    heads.set(kind, head);
    const lines = `${head}${body}\n`;
    const { reached, missed } = relay.hand(route, lines, session.name);
    if (route.address.type === 'metrics') onMetric(route.workspace, body);
    if (reached > 0 && !isGroup(route)) return;
    const isForwarded =
      missed === 0 || isGroup(route) ? relay.forward({ route, sender: session.name }, lines) : false;
    if (reached > 0 || isForwarded || n === undefined) return;
    throw new BonafideError(
      'UNAVAILABLE',
      missed > 0 ? `${route.name} reads too slowly.` : `${route.name} is not connected.`,
    );
  }

  return (frame, body) => {
    const { n } = frame;
    const isNumbered = n !== undefined && Number.isSafeInteger(n);
    try {
      checkLive(frame, body);
      send(frame, body);
    } catch (error) {
      // Without a number it cannot be answered: the session ends with it.
      if (!isNumbered) throw error;
      refuse(session, n, BonafideError.from(error));
    }
  };
}
