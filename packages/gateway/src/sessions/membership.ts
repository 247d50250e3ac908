import { hostname } from 'node:os';
import { BonafideError } from '@bonafide/core/errors';
import type { Connection as ConnectionRecord } from '@bonafide/core/models';
import { toProblem } from '@bonafide/core/problem';
import type { Logger } from 'pino';
import { gatewaySubject } from '../bus/bus.ts';
import type { Services } from '../context.ts';
import type { GatewayHome } from '../stores/sessions.ts';
import type { Tables } from '../stores/store.ts';
import { type EndOrder, orderEnd, readEndOrder } from './end-order.ts';
import { ALIVE_FOR_MS, RENEW_EVERY_MS } from './liveness.ts';

/** This gateway among those that share a store: that it lives, what it holds, and what others tell it to let go. */
export interface Membership {
  /** Gives an address back, unless somebody else has it by now. */
  release(sessionId: string): void;
  /** Ends a session whose address was taken, on whichever gateway it is. */
  drop(replaced: ConnectionRecord): void;
  /** Gives everything back. */
  stop(): Promise<void>;
}

export interface MembershipOptions {
  readonly services: Services;
  readonly log: Logger;
}

/** Gateways of this process, so that a restarted container that has the same process id is not taken for its predecessor. */
const ownIds = new Set<string>();

export async function startMembership(
  { services, log }: MembershipOptions,
  hooks: {
    /** Others took this gateway for dead, so it holds nothing any more. */
    onLost(): void;
    onEnd(order: EndOrder): void;
  },
): Promise<Membership> {
  const { store, bus, now, gatewayId } = services;
  const home: GatewayHome = { gatewayId, host: hostname(), pid: process.pid };
  ownIds.add(gatewayId);
  await store.commit((tables) => {
    for (const other of tables.gateways.listHomes())
      if (isOver(other)) tables.gateways.remove(other.gatewayId);
    tables.gateways.insert(home, now() + ALIVE_FOR_MS);
  });
  const unlisten = bus.listen(gatewaySubject(gatewayId), (text) => {
    const order = readEndOrder(text);
    if (order) hooks.onEnd(order);
  });
  let working = Promise.resolve();
  const work = (change: (tables: Tables) => void) => {
    const done = store.commit(change).catch((err: unknown) => log.error({ err }, 'presence was not written'));
    working = Promise.all([working, done]).then(() => undefined);
  };
  const renewal = setInterval(() => {
    void store
      .commit((tables) => renew(tables, { home, nowMs: now() }))
      .then((isStillMember) => isStillMember || hooks.onLost())
      .catch((err: unknown) => log.error({ err }, 'this gateway could not say that it lives'));
  }, RENEW_EVERY_MS);
  renewal.unref();
  return {
    release: (sessionId) => work((tables) => tables.sessions.remove(sessionId)),
    drop({ sessionId, gatewayId: holder, address }) {
      const problem = new BonafideError('CONFLICT', `Another session of ${address} took over.`);
      orderEnd(bus, holder, { sessionId, isGraceful: false, problem: toProblem(problem) });
    },
    async stop() {
      clearInterval(renewal);
      unlisten();
      ownIds.delete(gatewayId);
      await working;
      await store.commit((tables) => tables.gateways.remove(gatewayId));
    },
  };
}

/** False when this gateway had been removed; it is a member again then, without its sessions. */
function renew(tables: Tables, { home, nowMs }: { home: GatewayHome; nowMs: number }): boolean {
  // Who is late itself, because the clock was set or the machine slept, lets the others say first that they live.
  const isLate = (tables.gateways.getAliveUntil(home.gatewayId) ?? 0) < nowMs;
  const isStillMember = tables.gateways.renew(home.gatewayId, nowMs + ALIVE_FOR_MS);
  if (!isStillMember) tables.gateways.insert(home, nowMs + ALIVE_FOR_MS);
  const expired = isLate ? [] : tables.gateways.listExpired(nowMs);
  for (const gatewayId of expired) tables.gateways.remove(gatewayId);
  return isStillMember;
}

/** Whether that process of this machine has ended, which nobody had time to write down. */
function isOver({ gatewayId, host, pid }: GatewayHome): boolean {
  if (host !== hostname()) return false;
  if (pid === process.pid) return !ownIds.has(gatewayId);
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
