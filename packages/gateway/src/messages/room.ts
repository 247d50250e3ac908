import type { Services } from '../context.ts';
import { defaultLimits, type MessageLimits } from './limits.ts';
import { createListeners, type Listeners } from './listeners.ts';
import { createLiveRelay, type LiveRelay } from './live.ts';
import { createLocalInboxes, type LocalInboxes } from './local.ts';
import { createGeneration, type Generation } from './routes.ts';

/** What all sessions of a gateway share, and calls without a session use. */
export interface Room {
  readonly services: Services;
  readonly limits: MessageLimits;
  readonly local: LocalInboxes;
  readonly relay: LiveRelay;
  readonly generation: Generation;
  readonly listeners: Listeners;
}

const rooms = new WeakMap<Services, Room>();

/** The one room of a gateway; limits are those of the first call. */
export function roomOf(services: Services, limits: MessageLimits = defaultLimits): Room {
  const known = rooms.get(services);
  if (known) return known;
  const local = createLocalInboxes(services);
  const relay = createLiveRelay(services, { local, limits });
  const room = {
    ...{ services, limits, local, relay },
    generation: createGeneration(services),
    listeners: createListeners(services, relay),
  };
  rooms.set(services, room);
  return room;
}
