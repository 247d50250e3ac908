import { ConnectionError } from '@bonafide/core/errors';
import { signEnvelope } from '@bonafide/core/identity';
import { type Connection as ConnectionRecord, MAX_MESSAGE_BYTES } from '@bonafide/core/models';
import {
  encodeFrame,
  type HelloFrame,
  PROTOCOL,
  type SessionConfig,
  WELCOME,
  type Welcome,
} from '@bonafide/core/protocol';
import { actorOf } from '../context.ts';
import type { RateLimiter } from '../http/rate-limit.ts';
import type { Transaction } from '../ledger.ts';
import { configOf } from './config.ts';
import type { Connection } from './connection.ts';
import { type Arrival, type Arrived, createResumeToken, hashResumeToken, takeAddress } from './presence.ts';
import { type ProofOptions, type Proven, proveHello, SESSION_ACCESS } from './proof.ts';
import { resolveSeat, type Seat } from './resolve.ts';

/** Largest message of a carrier, in bytes: frames with one body of a message, and what surrounds it. */
export const MAX_CARRIED_BYTES = 2 * 1024 * 1024;
/** Deliveries that may be unacknowledged. */
const MAX_CREDIT = 10_000;

export interface ArrivalOptions extends ProofOptions {
  readonly heartbeatMs: number;
  readonly principals: RateLimiter;
}

/** Somebody who was let in, before anybody was told. */
export interface LetIn extends Proven, Arrived {
  readonly seat: Seat;
  readonly config: SessionConfig;
  readonly welcome: string;
}

/** A connection that said hello, and what it may become. */
export interface Greeting extends Pick<Arrival, 'isUnheard'> {
  readonly connection: Connection;
  readonly sessionId: string;
}

/** From the hello of a connection to its address and welcome; throws what refuses it. */
export async function letIn(frame: HelloFrame, greeting: Greeting, options: ArrivalOptions): Promise<LetIn> {
  const { connection } = greeting;
  const proven = await proveHello(frame, connection, options);
  options.principals.take(actorOf(proven.principal));
  const nextResumeToken = createResumeToken();
  const { ledger } = options.services;
  const origin = { workspace: proven.hello.workspace ?? '', actor: actorOf(proven.principal) };
  const taken = await ledger.commit(origin, (tx) => {
    // Again, under the write lock: a revocation may have come in between.
    options.authenticator.revalidate(proven.principal, SESSION_ACCESS);
    // Who went away meanwhile, and perhaps came back, takes nothing from anybody.
    if (connection.isClosed) throw new ConnectionError('The client went away before its welcome.');
    return takeSeat(tx, { proven, greeting, nextResumeToken, options });
  });
  const config = configOf(options.services.store.read, taken.seat.workspace);
  const facts = { ...taken, config, nonce: connection.nonce, resumeToken: nextResumeToken };
  const welcome = await sign(welcomeOf(facts, options), options);
  return { ...proven, ...taken, config, welcome };
}

function takeSeat(
  tx: Transaction,
  given: {
    proven: Proven;
    greeting: Greeting;
    nextResumeToken: string;
    options: ArrivalOptions;
  },
): Arrived & { seat: Seat } {
  const { proven, nextResumeToken, options } = given;
  const { connection, sessionId, isUnheard } = given.greeting;
  const { principal, hello } = proven;
  const seat = resolveSeat(tx.tables, proven);
  const record: Omit<ConnectionRecord, 'epoch'> = {
    sessionId,
    address: seat.name,
    principalType: seat.address.type,
    actor: actorOf(principal),
    workspace: seat.workspace,
    transport: connection.carrier.transport,
    gatewayId: options.services.gatewayId,
    remoteAddress: connection.remoteAddress,
    connectedAt: tx.now,
  };
  const { resumeToken, takeOver } = hello;
  const { isGenerated } = seat;
  const nextResumeHash = hashResumeToken(nextResumeToken);
  return {
    seat,
    ...takeAddress(tx, { record, isGenerated, resumeToken, takeOver, nextResumeHash, isUnheard }),
  };
}

interface WelcomeFacts extends Arrived {
  readonly config: SessionConfig;
  readonly nonce: string;
  readonly resumeToken: string;
}

function welcomeOf(
  { record, isResumed, config, nonce, resumeToken }: WelcomeFacts,
  { services, heartbeatMs }: ArrivalOptions,
): Welcome {
  const { sessionId, epoch, address, workspace, gatewayId } = record;
  return {
    ...{ protocol: PROTOCOL, nonce, sessionId, epoch, address, workspace, resumeToken, isResumed, gatewayId },
    version: services.version,
    limits: {
      heartbeatMs,
      maxFrameBytes: MAX_CARRIED_BYTES,
      maxMessageBytes: MAX_MESSAGE_BYTES,
      maxCredit: MAX_CREDIT,
    },
    config,
  };
}

async function sign(payload: Welcome, { services }: ArrivalOptions): Promise<string> {
  const signer = { did: services.did, sign: async (bytes: Uint8Array) => services.sign(bytes) };
  const envelope = await signEnvelope(payload, { signer, type: WELCOME, nowMs: services.now() });
  return encodeFrame({ t: 'welcome', envelope });
}
