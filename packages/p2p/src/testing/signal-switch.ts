import { BonafideError, ConnectionError, type Signer } from '@bonafide/core';
import {
  createKeyPair,
  type Envelope,
  encodeEnvelope,
  signEnvelope,
  signerFromSeed,
} from '@bonafide/core/identity';
import { PEER_SIGNAL, type PeerMessage, type PeerSignal } from '@bonafide/core/models';
import type { ReceivedSignal, Session, SignalPort } from '@bonafide/core/session';

/** A signal under way from one agent to another: the envelope as text, and what the gateway says of its sender. */
export interface Carried extends ReceivedSignal {
  readonly to: string;
}

/** A gateway in memory that does with signals whatever a test wants; what it signs is signed by its own key. */
export class SignalSwitch {
  readonly signer: Signer = createSigner();
  /** Everything that agents sent to each other, as it was sent. */
  readonly carried: Carried[] = [];
  /** What becomes of a signal: nothing, itself, or others. */
  interfere: (signal: Carried) => readonly Carried[] = (signal) => [signal];
  /** Relayed packets that it saw. */
  readonly relayed: Uint8Array[] = [];
  /** Which of so many waiting ways goes on; those of one way stay in order. */
  choose: (ways: number) => number = () => 0;
  readonly #seats = new Map<string, Seat>();
  readonly #ways = new Map<string, (() => void)[]>();
  #isPumping = false;

  /** A session of a new agent, or of the same in a new process. */
  sit({ signer = createSigner(), workspace = 'default' } = {}): Seat {
    return new Seat(this, { signer, workspace });
  }

  seatOf(did: string): Seat | undefined {
    return this.#seats.get(did);
  }

  register(seat: Seat): void {
    const before = this.#seats.get(seat.signer.did);
    this.#seats.set(seat.signer.did, seat);
    if (before && before !== seat) {
      const problem = { code: 'CONFLICT', detail: 'Another session registered this agent.' };
      void this.say(before, { type: 'ERROR', id: 'taken-over', problem });
    }
  }

  unregister(seat: Seat): void {
    if (this.#seats.get(seat.signer.did) === seat) this.#seats.delete(seat.signer.did);
  }

  /** Delivers to whoever is registered, after what went the same way before. */
  deliver(signal: Carried): void {
    this.later(`${signal.from?.did} ${signal.to}`, () => this.#seats.get(signal.to)?.receive(signal));
  }

  /** Something that the gateway itself says. */
  async say(seat: Seat, message: PeerMessage): Promise<void> {
    const payload: PeerSignal = { version: 1, to: seat.signer.did, message };
    const envelope = await signEnvelope(payload, {
      signer: this.signer,
      type: PEER_SIGNAL,
      expiresInSeconds: 60,
    });
    this.later(`gateway ${seat.signer.did}`, () =>
      seat.receive({ from: undefined, envelope: encodeEnvelope(envelope) }),
    );
  }

  later(way: string, task: () => void): void {
    const waiting = this.#ways.get(way) ?? [];
    waiting.push(task);
    this.#ways.set(way, waiting);
    if (this.#isPumping) return;
    this.#isPumping = true;
    setImmediate(() => this.#pump());
  }

  #pump(): void {
    const ways = [...this.#ways];
    const chosen = ways[this.choose(ways.length) % ways.length];
    if (!chosen) {
      this.#isPumping = false;
      return;
    }
    const [way, tasks] = chosen;
    const task = tasks.shift();
    if (tasks.length === 0) this.#ways.delete(way);
    task?.();
    setImmediate(() => this.#pump());
  }
}

type PartialSession = Pick<Session, 'signals' | 'gatewayDid' | 'workspace' | 'on' | 'untilDisconnected'>;

/** One agent's session at the switch. */
export class Seat {
  readonly signer: Signer;
  readonly workspace: string;
  readonly session: PartialSession;
  /** Types of what it told the gateway. */
  readonly told: string[] = [];
  readonly #switch: SignalSwitch;
  readonly #handlers = new Set<(signal: ReceivedSignal) => void>();
  readonly #relayHandlers = new Set<(from: string, sealed: Uint8Array) => void>();
  readonly #failureHandlers = new Set<(to: string, error: BonafideError) => void>();
  readonly #connectedHandlers = new Set<(event: never) => unknown>();
  readonly #ended = Promise.withResolvers<BonafideError | undefined>();
  isConnected = true;

  constructor(
    signals: SignalSwitch,
    { signer, workspace }: { readonly signer: Signer; readonly workspace: string },
  ) {
    this.#switch = signals;
    this.signer = signer;
    this.workspace = workspace;
    this.session = {
      workspace,
      gatewayDid: signals.signer.did,
      signals: this.#port(),
      untilDisconnected: () => this.#ended.promise,
      on: (_name, handler) => {
        this.#connectedHandlers.add(handler);
        return () => void this.#connectedHandlers.delete(handler);
      },
    };
  }

  get identity() {
    const { did } = this.signer;
    return { did, agentId: `agent-${did.slice(-6)}`, workspace: this.workspace };
  }

  /** Listeners that are still there. */
  get listeners(): number {
    return this.#handlers.size + this.#relayHandlers.size + this.#connectedHandlers.size;
  }

  receive(signal: ReceivedSignal): void {
    if (this.isConnected) for (const handler of this.#handlers) handler(signal);
  }

  /** The gateway is lost, or, with `reconnect`, found again. */
  disconnect(): void {
    this.isConnected = false;
    this.#switch.unregister(this);
  }

  reconnect(): void {
    this.isConnected = true;
    for (const handler of [...this.#connectedHandlers]) void handler(undefined as never);
  }

  /** The process is gone: nothing is said, and nothing heard. */
  vanish(): void {
    this.disconnect();
    this.#handlers.clear();
    this.#connectedHandlers.clear();
  }

  /** The session is over for good. */
  finish(error?: BonafideError): void {
    this.disconnect();
    this.#ended.resolve(error);
  }

  #port(): SignalPort {
    return {
      bufferedBytes: 0,
      send: (to, envelope) => this.#send(to, envelope),
      relay: (to, sealed) => this.#relay(to, sealed),
      onSignal: (handler) => add(this.#handlers, handler),
      onRelayed: (handler) => add(this.#relayHandlers, handler),
      onRelayFailure: (handler) => add(this.#failureHandlers, handler),
    };
  }

  async #send(to: string, envelope: Envelope): Promise<void> {
    if (!this.isConnected) throw new ConnectionError('There is no connection.');
    const { message } = envelope.payload as PeerSignal;
    if (to === this.#switch.signer.did) {
      this.#tellGateway(message);
      return;
    }
    if (!this.#switch.seatOf(to)) throw new BonafideError('NOT_FOUND', 'No such peer.');
    const signal = { to, from: this.identity, envelope: encodeEnvelope(envelope) };
    this.#switch.carried.push(signal);
    for (const changed of this.#switch.interfere(signal)) this.#switch.deliver(changed);
  }

  #tellGateway(message: PeerMessage): void {
    this.told.push(message.type);
    if (message.type === 'REGISTER') this.#switch.register(this);
    else if (message.type === 'UNREGISTER') this.#switch.unregister(this);
    else if (message.type === 'PING') {
      const { id: correlationId, sequence } = message;
      void this.#switch.say(this, { type: 'PONG', id: 'pong', correlationId, sequence });
    }
  }

  #relay(to: string, sealed: Uint8Array): boolean {
    if (!this.isConnected) return false;
    this.#switch.relayed.push(sealed);
    const packet = Uint8Array.from(sealed);
    this.#switch.later(`relay ${this.signer.did} ${to}`, () => {
      const seat = this.#switch.seatOf(to);
      if (seat?.isConnected) seat.hearRelayed(this.signer.did, packet);
      else {
        const error = new BonafideError('NOT_FOUND', 'No such peer.');
        for (const handler of this.#failureHandlers) handler(to, error);
      }
    });
    return true;
  }

  hearRelayed(from: string, sealed: Uint8Array): void {
    for (const handler of this.#relayHandlers) handler(from, sealed);
  }
}

function add<Item>(items: Set<Item>, item: Item): () => void {
  items.add(item);
  return () => void items.delete(item);
}

export function createSigner(): Signer {
  return signerFromSeed(createKeyPair().seed);
}
