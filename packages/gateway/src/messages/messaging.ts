import { BonafideError } from '@bonafide/core/errors';
import type { ClientFrame } from '@bonafide/core/protocol';
import type { Services } from '../context.ts';
import { tellMetric } from '../metrics/live.ts';
import type { Session, SessionExtension, SessionPart } from '../sessions/session.ts';
import { createDesk, type Desk } from './desk.ts';
import { introduce } from './identity.ts';
import { defaultLimits, MAX_CREDIT, type MessageLimits } from './limits.ts';
import { createLiveSender } from './live.ts';
import { assertCurrent, placeOfSession } from './place.ts';
import { openReaders } from './readers.ts';
import { type Room, roomOf } from './room.ts';
import { createRoutes } from './routes.ts';
import { createSender } from './sender.ts';
import { createTurns } from './turn.ts';

const MAX_REASON_LENGTH = 500;

/** Messages in sessions: what is sent is kept, what is kept is delivered until it is acknowledged, and what is live passes through. */
export function createMessaging(services: Services, limits: MessageLimits = defaultLimits): SessionExtension {
  const room = roomOf(services, limits);
  return {
    frames: ['send', 'live', 'ack', 'reject', 'credit'],
    open: (session) => openPart(session, room),
  };
}

function openPart(session: Session, room: Room): SessionPart {
  const { services, limits, local, relay, generation, listeners } = room;
  const turns = createTurns({
    commit: (work) => services.ledger.commit({ workspace: session.workspace, actor: session.actor }, work),
    guard: ({ tables }) => assertCurrent(tables, session),
  });
  const desk = createDesk(session, { maxQueuedBytes: limits.queuedBytes, onRoom: pump });
  const readers = openReaders({ services, session, desk, turns, limits, local });
  const identity = introduce(session, { services, turns, onKnown: desk.open });
  const routes = createRoutes(services, { place: placeOfSession(session, services.now), generation });
  const onMetric = (workspace: string, body: string) =>
    tellMetric(services, { workspace, body, source: session.name });
  const onSend = createSender({ services, session, routes, turns, local, limits, onMetric, identity });
  const onLive = createLiveSender({ session, routes, relay, onMetric });
  const stopListening = listeners.join(session.workspace);

  function pump(): void {
    for (const reader of readers) reader.pump();
  }

  return {
    onFrame(frame, body) {
      if (frame.t === 'send') onSend(frame, body);
      else if (frame.t === 'live') onLive(frame, body);
      else onFlow(desk, frame);
    },
    onDrain() {
      relay.tellLost(session);
      pump();
    },
    close() {
      stopListening();
      relay.forget(session);
      const unsettled = desk.unsettled();
      for (const reader of readers)
        reader.close(unsettled.filter(({ source }) => source === reader).map(({ sequence }) => sequence));
    },
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
