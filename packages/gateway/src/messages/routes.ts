import { nounTopic } from '../bus/bus.ts';
import type { Services } from '../context.ts';
import type { Place } from '../sessions/place.ts';
import type { InboxName } from '../stores/messages.ts';
import { inboxOf } from './put.ts';
import { type Route, routeTo } from './route.ts';

/** Rules may also end by the clock, or be changed where no event of this gateway tells it. */
const TTL_MS = 1000;
const MAX_ROUTES = 1000;

/** A route with what a session need not find out twice. */
export interface KnownRoute {
  readonly route: Route;
  readonly inbox: InboxName;
  /** In the store; known once something was put in. */
  inboxId?: number | undefined;
  /** Heads of live messages by their kind. */
  readonly heads: Map<string, string>;
}

export interface Routes {
  /** Whose routes they are. */
  readonly place: Place;
  /** FORBIDDEN when the caller may not send there, as of at most a second ago. */
  find(to: string): KnownRoute;
}

export interface Generation {
  readonly current: number;
}

/** Counts changes after which who may do what is looked at again. */
export function createGeneration({ bus }: Services): Generation {
  const generation = { current: 0 };
  for (const noun of ['acl', 'agent', 'member', 'token', 'workspace', 'grant'])
    bus.subscribe(nounTopic(noun), () => generation.current++);
  return generation;
}

/** The routes of one session. */
export function createRoutes(
  { store, now }: Services,
  { place, generation }: { readonly place: Place; readonly generation: Generation },
): Routes {
  const known = new Map<string, KnownRoute>();
  let seen = generation.current;
  let checkedAt = now();

  function isFresh(): boolean {
    return seen === generation.current && Math.abs(now() - checkedAt) < TTL_MS;
  }

  return {
    place,
    find(to) {
      if (!isFresh() || known.size >= MAX_ROUTES) {
        known.clear();
        seen = generation.current;
        checkedAt = now();
      }
      const route = known.get(to) ?? makeRoute(routeTo(store.read, place, to));
      known.set(to, route);
      return route;
    },
  };
}

function makeRoute(route: Route): KnownRoute {
  return { route, inbox: inboxOf(route), heads: new Map() };
}
