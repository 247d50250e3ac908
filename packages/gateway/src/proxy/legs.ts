import { encodeFrame } from '@bonafide/core/protocol';
import type { Session } from '../sessions/session.ts';
import type { ExchangeFrame, Leg } from './exchange.ts';

/** The leg to a session, under the number that the exchange has there. */
export function legOf(session: Session, n: number): Leg {
  return { send: (frame, body) => session.write(encodeFrame({ ...frame, n }, body)) };
}

/** A leg whose end is not known yet: holds what is sent, which credit bounds, until it is. */
export function createHeldLeg(): Leg & { connect(leg: Leg): void } {
  let target: Leg | undefined;
  const held: (readonly [frame: ExchangeFrame, body: string | undefined])[] = [];
  return {
    send(frame, body) {
      if (target) target.send(frame, body);
      else held.push([frame, body]);
    },
    connect(leg) {
      target = leg;
      for (const [frame, body] of held.splice(0)) leg.send(frame, body);
    },
  };
}
