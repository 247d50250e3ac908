import { BonafideError, RateLimitError } from '@bonafide/core/errors';
import { fromProblem } from '@bonafide/core/problem';
import { encodeFrame, type HelloFrame } from '@bonafide/core/protocol';
import type { Logger } from 'pino';
import { noteFailedProof } from '../http/failed-proof.ts';
import { toError } from '../http/problems.ts';
import type { RefusalLog } from '../http/refusals.ts';
import { newId } from '../ids.ts';
import { type ArrivalOptions, type Greeting, type LetIn, letIn } from './arrivals.ts';
import { Connection, type Reception } from './connection.ts';
import type { EndOrder } from './end-order.ts';
import type { LocalHub } from './hub.ts';
import { type Floor, LiveSession, takersOf } from './live-session.ts';
import { startMembership } from './membership.ts';
import { createOutbox } from './outbox.ts';
import type { Carrier, SessionExtension } from './session.ts';
import { startVigil } from './vigil.ts';

export interface SessionLimits {
  /** Connections that have not said who they are. */
  readonly maxUnproven: number;
  readonly maxUnprovenPerNetwork: number;
  readonly helloTimeoutMs: number;
  /** Bytes that a reader has not taken after which nothing more is read from it. */
  readonly maxQueuedBytes: number;
  readonly framesPerSecond: number;
  /** What a session has left to finish its work when somebody disconnects it gracefully. */
  readonly disconnectGraceMs: number;
}

export interface SessionServerOptions extends ArrivalOptions {
  readonly hub: LocalHub;
  readonly extensions: readonly SessionExtension[];
  readonly refusals: RefusalLog;
  readonly limits: SessionLimits;
  readonly log: Logger;
}

/** Where a connection comes from. */
export interface Origin {
  readonly remoteAddress: string;
  /** What limits count by. */
  readonly network: string;
}

/** Lets connections become sessions, and ends them. */
export interface SessionServer {
  /** RATE_LIMITED when there are too many who did not say who they are. */
  assertRoom(network: string): void;
  accept(carrier: Carrier, origin: Origin): Connection;
  /** Tells every client to go elsewhere; resolves once nothing of any session is left. */
  close(): Promise<void>;
}

const TRY_AGAIN_MS = 1000;

export async function createSessionServer(options: SessionServerOptions): Promise<SessionServer> {
  const { services, hub, limits, log } = options;
  const room = createRoom(limits);
  const end = endOf(limits);
  /** By the id that their session has or is about to have, so that a takeover reaches those that are being let in, too. */
  const connections = new Map<string, Connection>();
  const membership = await startMembership(options, {
    onLost: () => dropAll(hub),
    onEnd: (order) => end(connections.get(order.sessionId), order),
  });
  const isUnheard = unheardAt(services.gatewayId, connections);
  const floor: Floor = {
    ...{ hub, extensions: options.extensions, takers: takersOf(options.extensions) },
    toError: (cause) => toError(cause, { log, requestId: newId(services.now()) }),
    onClosed(session) {
      connections.delete(session.sessionId);
      membership.release(session.sessionId);
    },
  };
  const reception: Reception = {
    ...{ outbox: createOutbox(), gatewayDid: services.did, now: services.now, ...limits },
    toError: floor.toError,
    greet: (connection, hello) => void welcome(connection, hello),
    onEnd: (connection) => room.leave(connection),
  };

  async function welcome(connection: Connection, frame: HelloFrame): Promise<void> {
    const sessionId = newId(services.now());
    connections.set(sessionId, connection);
    try {
      admit(connection, await letIn(frame, { connection, sessionId, isUnheard }, options));
    } catch (cause) {
      connections.delete(sessionId);
      connection.close(await refusal(cause, connection));
    }
  }

  function admit(connection: Connection, { welcome: text, replaced, ...facts }: LetIn): void {
    if (replaced) membership.drop(replaced);
    const { record, seat } = facts;
    if (connection.isClosed) {
      connections.delete(record.sessionId);
      membership.release(record.sessionId);
      return;
    }
    const session = new LiveSession({ ...facts, connection, floor, address: seat.address });
    room.leave(connection);
    connection.admit(session);
    connection.write(text);
    session.start();
  }

  async function refusal(cause: unknown, connection: Connection): Promise<BonafideError> {
    const { remoteAddress: address, network } = connection;
    try {
      await noteFailedProof(cause, { ...options, address, network });
      return floor.toError(cause);
    } catch (worse) {
      return floor.toError(worse);
    }
  }

  const vigil = startVigil({ ...options, toError: floor.toError });
  return {
    assertRoom: room.assert,
    accept(carrier, origin) {
      const connection = new Connection(carrier, { reception, ...origin });
      room.enter(connection);
      return connection;
    },
    async close() {
      vigil.stop();
      const problem = new BonafideError('UNAVAILABLE', 'This gateway is stopping: connect again.');
      const signal = encodeFrame({ t: 'signal', signal: 'graceful-disconnect', reason: problem.message });
      for (const connection of [...connections.values(), ...room]) {
        connection.write(signal);
        connection.close(problem);
      }
      await membership.stop();
    },
  };
}

function unheardAt(here: string, connections: ReadonlyMap<string, Connection>): Greeting['isUnheard'] {
  return ({ gatewayId, sessionId }) => gatewayId === here && connections.get(sessionId)?.hasSpoken !== true;
}

function endOf({ disconnectGraceMs }: SessionLimits) {
  return (connection: Connection | undefined, { isGraceful, reason, problem }: EndOrder): void => {
    if (!connection) return;
    if (reason !== undefined) {
      const signal = isGraceful ? 'graceful-disconnect' : 'force-disconnect';
      connection.write(encodeFrame({ t: 'signal', signal, reason }));
    }
    const close = () => connection.close(fromProblem(problem));
    if (isGraceful) setTimeout(close, disconnectGraceMs).unref();
    else close();
  };
}

function dropAll(hub: LocalHub): void {
  const problem = new BonafideError('UNAVAILABLE', 'This gateway was taken for dead: connect again.');
  for (const session of [...hub.all()]) session.close(problem);
}

/** Those who have not said who they are. */
interface Room extends Iterable<Connection> {
  assert(network: string): void;
  enter(connection: Connection): void;
  leave(connection: Connection): void;
}

function createRoom({ maxUnproven, maxUnprovenPerNetwork }: SessionLimits): Room {
  const inside = new Set<Connection>();
  const perNetwork = new Map<string, number>();
  return {
    [Symbol.iterator]: () => inside.values(),
    assert(network) {
      const isFull = inside.size >= maxUnproven || (perNetwork.get(network) ?? 0) >= maxUnprovenPerNetwork;
      if (!isFull) return;
      throw new RateLimitError('Too many connections wait to say who they are.', {
        retryAfterMs: TRY_AGAIN_MS,
      });
    },
    enter(connection) {
      inside.add(connection);
      perNetwork.set(connection.network, (perNetwork.get(connection.network) ?? 0) + 1);
    },
    leave(connection) {
      if (!inside.delete(connection)) return;
      const left = (perNetwork.get(connection.network) ?? 1) - 1;
      if (left > 0) perNetwork.set(connection.network, left);
      else perNetwork.delete(connection.network);
    },
  };
}
