import { BonafideError } from '@bonafide/core/errors';
import { toProblem } from '@bonafide/core/problem';
import type { Bus } from '../bus/bus.ts';
import { newId } from '../ids.ts';
import type { Hub, Session } from '../sessions/session.ts';
import type { Exchange, ExchangeFrame, Leg } from './exchange.ts';

/** One frame between two gateways; its body follows in a second line. */
interface Packet {
  /** The exchange. */
  readonly x: string;
  /** Gateway that sent it, and listens for what belongs to it. */
  readonly from: string;
  readonly frame: ExchangeFrame;
  /** Of a request. */
  readonly workspace?: string;
}

/** A service that is connected to another gateway. */
export interface RemoteService {
  readonly workspace: string;
  readonly name: string;
  readonly gatewayId: string;
}

/** A leg, and what forgets whose it is. */
export interface Admitted {
  readonly leg: Leg;
  readonly release: () => void;
}

export interface RemoteOptions {
  readonly bus: Bus;
  readonly hub: Hub;
  readonly gatewayId: string;
  /** Gives an exchange to a session here; UNAVAILABLE when that has too much to do. */
  readonly admit: (
    session: Session,
    exchange: Exchange,
  ) => { readonly leg: Leg; readonly release: () => void };
}

/** Legs to services on other gateways. The gateway of the caller keeps the credit, the time and the order of the exchange. */
export interface Remote {
  /** What it answers comes to the exchange, until `release`. */
  connect(service: RemoteService, exchange: Exchange): Admitted;
}

export function createRemote({ bus, hub, gatewayId, admit }: RemoteOptions): Remote {
  const outgoing = new Map<string, Exchange>();
  const incoming = new Map<string, Admitted & { readonly forget: () => void }>();

  const send = (target: string, packet: Omit<Packet, 'from'>, body = '') =>
    bus.post(subjectOf(target), `${JSON.stringify({ ...packet, from: gatewayId })}\n${body}`);

  /** For the session here, everything comes from an exchange that goes on elsewhere. */
  function accept({ x, from, workspace = '', frame }: Packet): void {
    if (frame.t !== 'request') return;
    const session = hub.find(workspace, frame.to);
    if (!session) {
      const gone = new BonafideError(
        'UNAVAILABLE',
        `The service ${frame.to} is not connected. Nothing was sent.`,
      );
      send(from, { x, frame: { t: 'abort', problem: toProblem(gone) } });
      return;
    }
    const forget = () => {
      clearTimeout(deadline);
      incoming.get(x)?.release();
      incoming.delete(x);
    };
    // Should the other gateway end without a word.
    const deadline = setTimeout(forget, frame.timeoutMs).unref();
    const admitted = tryAdmit(session, {
      fromClient: () => undefined,
      fromService(answer, body) {
        if (isLast(answer)) forget();
        send(from, { x, frame: answer }, body);
      },
      abort(error) {
        forget();
        send(from, { x, frame: { t: 'abort', problem: toProblem(error) } });
      },
    });
    if (BonafideError.is(admitted)) {
      clearTimeout(deadline);
      send(from, { x, frame: { t: 'abort', problem: toProblem(admitted) } });
      return;
    }
    const { leg, release } = admitted;
    incoming.set(x, { leg, release, forget });
    leg.send(frame);
  }

  function tryAdmit(...given: Parameters<RemoteOptions['admit']>): Admitted | BonafideError {
    try {
      return admit(...given);
    } catch (error) {
      return BonafideError.from(error);
    }
  }

  bus.listen(subjectOf(gatewayId), (text) => {
    const cut = text.indexOf('\n');
    // Only gateways post here.
    const packet = JSON.parse(text.slice(0, cut)) as Packet;
    const { x, frame } = packet;
    const body = text.slice(cut + 1);
    const known = incoming.get(x);
    if (frame.t === 'request') accept(packet);
    else if (known) {
      if (frame.t === 'abort') known.forget();
      known.leg.send(frame, frame.t === 'chunk' ? body : undefined);
    } else outgoing.get(x)?.fromService(frame, body);
  });

  return {
    connect({ workspace, gatewayId: target }, exchange) {
      const x = newId();
      outgoing.set(x, exchange);
      return {
        release: () => outgoing.delete(x),
        leg: {
          send: (frame, body) =>
            send(target, { x, frame, ...(frame.t === 'request' ? { workspace } : {}) }, body),
        },
      };
    },
  };
}

function isLast(frame: ExchangeFrame): boolean {
  return frame.t === 'finish' || frame.t === 'abort' || (frame.t === 'response' && !frame.hasBody);
}

function subjectOf(gatewayId: string): string {
  return `proxy/${gatewayId}`;
}
