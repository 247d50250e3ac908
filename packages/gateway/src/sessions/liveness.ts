import type { Reads } from '../stores/store.ts';

/** How often a gateway says that it lives, and how long it counts as alive after that. */
export const RENEW_EVERY_MS = 3000;
export const ALIVE_FOR_MS = 10_000;

type Gateways = Pick<Reads, 'gateways'>;

/**
 * The time at which gateways are alive or dead. Since the last of them said that it lives no more has passed than it takes
 * to say so again, with as much to spare: a clock that was set ahead lets nobody die.
 */
export function livingAt({ gateways }: Gateways, nowMs: number): number {
  const newest = gateways.getNewestAliveUntil();
  return newest === undefined ? nowMs : Math.min(nowMs, newest - ALIVE_FOR_MS + 2 * RENEW_EVERY_MS);
}

export function isGatewayAlive(
  tables: Gateways,
  { gatewayId, nowMs }: { gatewayId: string; nowMs: number },
): boolean {
  return (tables.gateways.getAliveUntil(gatewayId) ?? 0) >= livingAt(tables, nowMs);
}
