import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPrincipalAddress, parseAddress } from '@bonafide/core/models';
import { type ClientFrame, decodeFrames, type GatewayFrame } from '@bonafide/core/protocol';
import { createMemoryBus } from '../bus/memory/memory-bus.ts';
import type { Services } from '../context.ts';
import { newId } from '../ids.ts';
import { createLedger } from '../ledger.ts';
import type { MessageLimits } from '../messages/limits.ts';
import { createMessaging } from '../messages/messaging.ts';
import type { Hub, Session, SessionPart } from '../sessions/session.ts';
import { openSqliteStore } from '../stores/sqlite/open.ts';
import type { Received } from './session-client.ts';

/** Messages of sessions without a network between, on a real store: what a test does is dealt with when it says so. */
export interface Floor extends AsyncDisposable {
  readonly services: Services;
  /** Opens a session for an address, in place of the one before. */
  open(address: string, options?: { readonly credit?: number }): Promise<Seat>;
  /** Every change so far is durable, and what follows from it was written. */
  settle(): Promise<void>;
  advance(ms: number): void;
}

export interface Seat {
  readonly session: Session;
  /** What was written to it and is not taken from here. */
  readonly received: Received[];
  /** What its reader leaves untaken, in bytes. */
  queuedBytes: number;
  /** Why it was closed, if it was. */
  problem: Error | undefined;
  send(frame: ClientFrame, body?: unknown): void;
  drain(): void;
  close(): void;
}

export async function createFloor(limits?: MessageLimits): Promise<Floor> {
  const folder = await mkdtemp(join(tmpdir(), 'bonafide-floor-'));
  const store = openSqliteStore(join(folder, 'store.db'));
  const bus = createMemoryBus();
  let nowMs = Date.parse('2026-01-01T00:00:00Z');
  const now = () => nowMs;
  /** Those of the one workspace there is. */
  const here = new Map<string, Session>();
  const hub: Hub = {
    find: (_workspace, name) => here.get(name),
    get: (sessionId) => [...here.values()].find((session) => session.sessionId === sessionId),
    listOf: (_workspace, type) => [...here.values()].filter(({ address }) => !type || address.type === type),
    watch: () => () => undefined,
  };
  const partial: Partial<Services> = {
    ...{ store, bus, hub, now, ledger: createLedger({ store, bus, now }), gatewayId: newId(now()) },
  };
  // The rest is for what sessions do besides.
  const services = partial as Services;
  const messaging = createMessaging(services, limits);
  let epoch = 0;
  return {
    services,
    async open(name, { credit = 256 } = {}) {
      const address = parseAddress(name);
      if (!isPrincipalAddress(address)) throw new Error(`${name} holds no session`);
      const mine = ++epoch;
      await store.commit((tables) =>
        tables.claims.put({
          ...{ workspace: 'default', address: name, actor: name, epoch: mine, resumeHash: `${name}${mine}` },
          ...{ isGenerated: false, usedAt: new Date(nowMs).toISOString() },
        }),
      );
      const received: Received[] = [];
      const seat: Seat = {
        ...{ received, queuedBytes: 0, problem: undefined },
        session: {
          ...{ sessionId: newId(nowMs), epoch: mine, actor: name, workspace: 'default', tenant: 'default' },
          ...{ address, name, hello: { credit } },
          principal: { kind: 'agent', agent: { workspace: 'default', agentId: name } },
          get queuedBytes() {
            return seat.queuedBytes;
          },
          write: (lines: string) => void received.push(...decodeFrames<GatewayFrame>(lines)),
          close(problem?: Error) {
            seat.problem = problem;
            seat.close();
          },
        } as unknown as Session,
        send: (frame, body) => part?.onFrame(frame, body === undefined ? '' : JSON.stringify(body)),
        drain: () => part?.onDrain?.(),
        close() {
          const open = part;
          part = undefined;
          if (!open) return;
          if (here.get(name) === seat.session) here.delete(name);
          open.close();
        },
      };
      here.set(name, seat.session);
      let part: SessionPart | undefined = messaging.open(seat.session);
      return seat;
    },
    async settle() {
      // A change may bring about another, and the last one nothing more.
      for (let round = 0; round < 4; round++) await store.commit(() => undefined);
    },
    advance(ms) {
      nowMs += ms;
    },
    async [Symbol.asyncDispose]() {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
