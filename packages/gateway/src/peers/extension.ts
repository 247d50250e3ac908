import { BonafideError } from '@bonafide/core/errors';
import type { CryptoBackend } from '@bonafide/core/identity';
import type { ClientFrame, PeerFrame, RelayFrame } from '@bonafide/core/protocol';
import type { Services } from '../context.ts';
import { refuse } from '../messages/sender.ts';
import type { Session, SessionExtension, SessionPart } from '../sessions/session.ts';
import { Caller } from './caller.ts';
import { createExchange, type Exchange } from './exchange.ts';
import { defaultPeerLimits, type PeerLimits } from './limits.ts';

interface PeersOptions {
  readonly backend: CryptoBackend;
  readonly limits?: PeerLimits;
}

/** Signals and sealed packets between agents, and who of them takes any. */
export function createPeers(
  services: Services,
  { backend, limits = defaultPeerLimits }: PeersOptions,
): SessionExtension {
  const exchange = createExchange(services, { backend, limits });
  return { frames: ['peer', 'relay'], open: (session) => new PeersPart(session, exchange) };
}

class PeersPart implements SessionPart {
  readonly #session: Session;
  readonly #exchange: Exchange;
  /** Made when it says something: most sessions have no peers. */
  #caller: Caller | undefined;

  constructor(session: Session, exchange: Exchange) {
    this.#session = session;
    this.#exchange = exchange;
  }

  onFrame(frame: ClientFrame, body: string): void {
    if (frame.t !== 'peer' && frame.t !== 'relay') return;
    const { n } = frame;
    if (!Number.isSafeInteger(n) || n < 1)
      throw new BonafideError('VALIDATION_FAILED', 'n must be a positive whole number.');
    try {
      this.#take(frame, body);
    } catch (error) {
      refuse(this.#session, n, BonafideError.from(error));
    }
  }

  close(): void {
    this.#caller?.close();
  }

  #take(frame: PeerFrame | RelayFrame, body: string): void {
    if (typeof frame.to !== 'string') throw new BonafideError('VALIDATION_FAILED', 'to must be a DID.');
    this.#caller ??= new Caller(this.#session, this.#exchange);
    if (frame.t === 'peer') this.#caller.signal(frame, body);
    else this.#caller.relay(frame, body);
  }
}
