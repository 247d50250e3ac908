import { BonafideError } from '@bonafide/core/errors';
import type { ClientFrame } from '@bonafide/core/protocol';
import type { Services } from '../context.ts';
import { tellMetric } from '../metrics/live.ts';
import type { Session, SessionExtension, SessionPart } from '../sessions/session.ts';
import { Desk } from './desk.ts';
import { createIdentity, introduce } from './identity.ts';
import { defaultLimits, MAX_CREDIT, type MessageLimits } from './limits.ts';
import { createLiveSender } from './live.ts';
import { placeOfSession } from './place.ts';
import { openReaders } from './readers.ts';
import { type Room, roomOf } from './room.ts';
import { createRoutes } from './routes.ts';
import { createSender } from './sender.ts';
import type { InboxReader } from './stream-source.ts';
import { SessionTurns, type Turns } from './turn.ts';

const MAX_REASON_LENGTH = 500;

/** Messages in sessions: what is sent is kept, what is kept is delivered until it is acknowledged, and what is live passes through. */
export function createMessaging(services: Services, limits: MessageLimits = defaultLimits): SessionExtension {
  const room = roomOf(services, limits);
  return {
    frames: ['send', 'live', 'ack', 'reject', 'credit'],
    open: (session) => new Messaging(session, room),
  };
}

/** What only a session needs that says something. */
interface Senders {
  readonly onSend: ReturnType<typeof createSender>;
  readonly onLive: ReturnType<typeof createLiveSender>;
}

class Messaging implements SessionPart {
  readonly #session: Session;
  readonly #room: Room;
  readonly #turns: Turns;
  readonly #desk: Desk;
  readonly #readers: readonly InboxReader[];
  #senders: Senders | undefined;

  constructor(session: Session, room: Room) {
    const { services, limits, local, listeners } = room;
    this.#session = session;
    this.#room = room;
    const turns = new SessionTurns(session, services.ledger);
    const desk = new Desk(session, { maxQueuedBytes: limits.queuedBytes, onRoom: () => this.#pump() });
    this.#turns = turns;
    this.#desk = desk;
    this.#readers = openReaders({ services, session, desk, turns, limits }, local);
    introduce(session, { turns, onKnown: () => desk.open() });
    listeners.join(session.workspace);
  }

  onFrame(frame: ClientFrame, body: string): void {
    if (frame.t === 'send') this.#speaking.onSend(frame, body);
    else if (frame.t === 'live') this.#speaking.onLive(frame, body);
    else onFlow(this.#desk, frame);
  }

  onDrain(): void {
    this.#room.relay.tellLost(this.#session);
    this.#pump();
  }

  close(): void {
    const { listeners, relay, local } = this.#room;
    listeners.leave(this.#session.workspace);
    relay.forget(this.#session);
    const unsettled = this.#desk.close();
    for (const reader of this.#readers) {
      local.leave(reader);
      reader.close(unsettled.filter(({ source }) => source === reader).map(({ sequence }) => sequence));
    }
  }

  get #speaking(): Senders {
    this.#senders ??= openSenders(this.#session, { room: this.#room, turns: this.#turns });
    return this.#senders;
  }

  #pump(): void {
    for (const reader of this.#readers) reader.pump();
  }
}

function openSenders(
  session: Session,
  { room, turns }: { readonly room: Room; readonly turns: Turns },
): Senders {
  const { services, limits, local, relay, generation } = room;
  const identity = createIdentity(session, services);
  const routes = createRoutes(services, { place: placeOfSession(session, services.now), generation });
  const onMetric = (workspace: string, body: string) =>
    tellMetric(services, { workspace, body, source: session.name });
  return {
    onSend: createSender({ services, session, routes, turns, local, limits, onMetric, identity }),
    onLive: createLiveSender({ session, routes, relay, onMetric }),
  };
}

function onFlow(desk: Desk, frame: ClientFrame): void {
  if (frame.t === 'ack') desk.acknowledge(frame.d);
  else if (frame.t === 'reject') desk.reject(frame.d, String(frame.reason ?? '').slice(0, MAX_REASON_LENGTH));
  else if (frame.t === 'credit') desk.setCredit(checkCredit(frame.messages));
}

function checkCredit(messages: unknown): number {
  if (Number.isInteger(messages) && Number(messages) >= 0 && Number(messages) <= MAX_CREDIT)
    return Number(messages);
  throw new BonafideError('VALIDATION_FAILED', `The credit is a number from 0 to ${MAX_CREDIT}.`);
}
