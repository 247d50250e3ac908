import { AuthenticationError, BonafideError } from '@bonafide/core/errors';
import {
  type AgentRecord,
  MAX_RELAYED_BYTES,
  type PeerMessage,
  type PeerMessageOf,
  type PeerMessageType,
  signalRoutes,
} from '@bonafide/core/models';
import { encodeFrame, type PeerFrame, type RelayFrame } from '@bonafide/core/protocol';
import { createRateLimiter, type RateLimiter } from '../http/rate-limit.ts';
import { newId } from '../ids.ts';
import { placeOfSession } from '../messages/place.ts';
import { refuse } from '../messages/sender.ts';
import type { Session } from '../sessions/session.ts';
import type { Exchange } from './exchange.ts';
import { noRelay, reach } from './reach.ts';
import { type CheckedSignal, readSignal } from './read-signal.ts';
import { type LocalPeer, remember } from './registry.ts';
import { Replays } from './replays.ts';
import { type Target, Targets } from './targets.ts';

const MAX_SEALED_LENGTH = Math.ceil((MAX_RELAYED_BYTES * 4) / 3);
const toGateway: ReadonlySet<PeerMessageType> = new Set(signalRoutes.gateway);
const toPeers: ReadonlySet<PeerMessageType> = new Set(signalRoutes.peer);

/** One agent in one session, with what it may ask of its gateway and of peers. */
export class Caller {
  readonly #session: Session;
  readonly #exchange: Exchange;
  readonly #agent: AgentRecord;
  readonly #pace: RateLimiter;
  readonly #replays: Replays;
  readonly #targets: Targets;
  #isClosed = false;

  /** FORBIDDEN for who has no key to sign with. */
  constructor(session: Session, exchange: Exchange) {
    const { services, limits, registry, generation } = exchange;
    const { gatewayId, now } = services;
    this.#session = session;
    this.#exchange = exchange;
    this.#agent = agentOf(session);
    this.#pace = createRateLimiter(limits.signals, now);
    this.#replays = new Replays(now);
    const place = placeOfSession(session, now);
    this.#targets = new Targets({
      ...{ registry, gatewayId, limits, generation, now },
      reach: (to) => reach(services.store.read, { peer: this.#peer(), place, to, nowMs: now() }),
    });
  }

  signal(frame: PeerFrame, body: string): void {
    const { n, to } = frame;
    const { services, backend } = this.#exchange;
    this.#pace.take('');
    const { did } = this.#agent;
    const checked = readSignal(body, { to, sender: did, backend, nowMs: services.now() });
    if (services.store.read.agents.getStatusOfKey(did) !== 'active')
      throw new AuthenticationError('This key is no longer that of its agent.', { code: 'REVOKED' });
    this.#replays.assertNew(checked.id);
    if (to === services.did) this.#toGateway(n, checked);
    else this.#toPeer(frame, checked, body);
  }

  relay({ n, to }: RelayFrame, body: string): void {
    const sender = this.#peer();
    if (!sender.allowsRelay)
      throw new BonafideError('FORBIDDEN', 'Who takes no packets through a gateway sends none, either.');
    checkSealed(body);
    this.#exchange.switchboard.relay(this.#targets.get(to) ?? this.#findPaced(to), { sender, n, body });
  }

  close(): void {
    this.#isClosed = true;
    const { registry } = this.#exchange;
    const peer = registry.get(this.#session.sessionId);
    if (peer) registry.end(peer);
  }

  // What is not found is not remembered: who asks for it again and again pays as for signals.
  #findPaced(to: string): Target {
    this.#pace.check('');
    try {
      const target = this.#targets.find(to);
      if (!target.allowsRelay) throw noRelay();
      return target;
    } catch (error) {
      this.#pace.take('');
      throw error;
    }
  }

  #peer(): LocalPeer {
    const peer = this.#exchange.registry.get(this.#session.sessionId);
    if (peer) return peer;
    // Not for good: who comes back after a lost connection registers again.
    throw new BonafideError(
      'UNAVAILABLE',
      'Who signals peers takes signals: send REGISTER to the gateway first.',
      {
        details: { reason: 'unregistered' },
      },
    );
  }

  #toPeer({ n, to }: PeerFrame, { id, signal }: CheckedSignal, body: string): void {
    assertForPeers(signal.message);
    const sender = this.#peer();
    const target = this.#targets.find(to);
    this.#replays.add(id);
    // Before it is handed on: the packets may be there first.
    if (namesRelayKey(signal.message)) remember(sender.relayPartners, to, this.#exchange.limits.contacts);
    const done = (error?: BonafideError) => {
      if (error) this.#replays.forget(id);
      this.#answer(n, error);
    };
    try {
      this.#exchange.switchboard.signal(target, { sender, n, body }, done);
    } catch (error) {
      this.#replays.forget(id);
      throw error;
    }
  }

  #toGateway(n: number, { id, signal: { message } }: CheckedSignal): void {
    if (!toGateway.has(message.type))
      throw new BonafideError('UNSUPPORTED', `The gateway itself takes ${signalRoutes.gateway.join(', ')}.`);
    this.#replays.add(id);
    if (message.type === 'REGISTER') this.#settle(n, this.#register(message));
    else if (message.type === 'UNREGISTER') this.#settle(n, this.#unregister());
    else if (message.type === 'PING') {
      // Who believes that it is registered, and is not, learns it here.
      this.#peer();
      this.#answer(n);
      this.#pong(message);
    }
  }

  async #register({ allowsRelay }: PeerMessageOf<'REGISTER'>): Promise<void> {
    const { registry } = this.#exchange;
    const peer = await registry.register(this.#session, this.#agent, { allowsRelay });
    // It went away meanwhile.
    if (this.#isClosed) registry.end(peer);
  }

  async #unregister(): Promise<void> {
    const { registry } = this.#exchange;
    const peer = registry.get(this.#session.sessionId);
    if (peer) await registry.unregister(peer);
  }

  #pong({ id: correlationId, sequence }: PeerMessageOf<'PING'>): void {
    const { voice, services } = this.#exchange;
    const id = newId(services.now());
    voice(this.#session, this.#agent.did, { type: 'PONG', id, correlationId, sequence });
  }

  #settle(n: number, work: Promise<void>): void {
    work.then(
      () => this.#answer(n),
      (error: unknown) => this.#answer(n, BonafideError.from(error)),
    );
  }

  #answer(n: number, error?: BonafideError): void {
    if (error) refuse(this.#session, n, error);
    else this.#session.write(encodeFrame({ t: 'peered', n }));
  }
}

function agentOf({ principal }: Session): AgentRecord {
  if (principal.kind === 'agent') return principal.agent;
  throw new BonafideError(
    'FORBIDDEN',
    'Only an agent has peers: what it says to them is signed with its own key.',
  );
}

function assertForPeers({ type }: PeerMessage): void {
  if (toPeers.has(type)) return;
  throw new BonafideError(
    'UNSUPPORTED',
    toGateway.has(type)
      ? `${type} is for the gateway alone.`
      : `A gateway hands on no ${type}: peers say it to each other directly.`,
  );
}

function namesRelayKey(message: PeerMessage): boolean {
  return (message.type === 'OFFER' || message.type === 'ANSWER') && message.relayKey !== undefined;
}

// Only the peer can open it: nothing more is looked at.
function checkSealed(body: string): void {
  if (body.length > MAX_SEALED_LENGTH)
    throw new BonafideError('PAYLOAD_TOO_LARGE', `A packet has at most ${MAX_RELAYED_BYTES} bytes.`);
  // There and back is several times as fast as looking at each character.
  if (body === '' || Buffer.from(body, 'base64url').toString('base64url') !== body)
    throw new BonafideError('VALIDATION_FAILED', 'A packet is base64url.');
}
