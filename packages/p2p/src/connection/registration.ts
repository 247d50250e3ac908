import { BonafideError, TimeoutError } from '@bonafide/core';
import type { PeerMessage } from '@bonafide/core/models';
import { readProblem } from './problems.ts';
import { createToken, type Signals } from './signals.ts';

const PING_INTERVAL_MS = 30_000;
const PONG_TIMEOUT_MS = 10_000;
const UNREGISTER_TIMEOUT_MS = 2_000;

export interface RegistrationOptions {
  readonly signals: Pick<Signals, 'sendToGateway'>;
  readonly allowsRelay: boolean;
  readonly onReconnect: (listener: () => void) => () => void;
  /** Another session of the same agent took over, or the gateway refuses this one: for good. */
  readonly onLost: (error: BonafideError) => void;
}

/**
 * Keeps this agent known to the gateway as a peer, as long as its session lives: registers at the start and after each
 * reconnect, and again when the gateway no longer answers for it.
 */
export class Registration {
  readonly #options: RegistrationOptions;
  readonly #stop: () => void;
  readonly #interval: ReturnType<typeof setInterval>;
  readonly #pongs = new Map<string, PromiseWithResolvers<void>>();
  #registered: Promise<void>;
  #id: string | undefined;
  #closed: Promise<void> | undefined;
  #pings = 0;

  constructor(options: RegistrationOptions) {
    this.#options = options;
    this.#registered = this.#register();
    this.#stop = options.onReconnect(() => this.#again());
    this.#interval = setInterval(() => void this.ping().catch(() => this.#again()), PING_INTERVAL_MS);
  }

  /** Resolves once the gateway took the last one. */
  get registered(): Promise<void> {
    return this.#registered;
  }

  /** What the gateway itself says. */
  receive(message: PeerMessage): void {
    const id = message.correlationId;
    if (message.type === 'PONG' && id !== undefined) this.#pongs.get(id)?.resolve();
    if (message.type !== 'ERROR') return;
    const error = readProblem(message, 'gateway');
    const pong = id === undefined ? undefined : this.#pongs.get(id);
    if (pong) pong.reject(error);
    else if (error.code === 'CONFLICT' || id === this.#id) this.#lose(error);
  }

  /** Resolves once the gateway answered with its signature. */
  async ping(): Promise<void> {
    const id = createToken();
    const pong = Promise.withResolvers<void>();
    this.#pongs.set(id, pong);
    const timer = setTimeout(() => {
      pong.reject(new TimeoutError(`The gateway did not answer within ${PONG_TIMEOUT_MS} ms.`));
    }, PONG_TIMEOUT_MS);
    this.#pings += 1;
    try {
      const sent = this.#options.signals.sendToGateway({ type: 'PING', id, sequence: this.#pings });
      await Promise.all([sent, pong.promise]);
    } finally {
      clearTimeout(timer);
      this.#pongs.delete(id);
    }
  }

  /** Tells the gateway, where it can still be told. */
  close(): Promise<void> {
    this.#closed ??= this.#unregister();
    return this.#closed;
  }

  async #unregister(): Promise<void> {
    this.#stopAll();
    const { signals } = this.#options;
    await signals.sendToGateway({ type: 'UNREGISTER' }, UNREGISTER_TIMEOUT_MS).catch(() => undefined);
  }

  #again(): void {
    if (!this.#closed) this.#registered = this.#register();
  }

  #register(): Promise<void> {
    const { signals, allowsRelay } = this.#options;
    this.#id = createToken();
    const registered = signals.sendToGateway({ type: 'REGISTER', id: this.#id, allowsRelay });
    // What cannot be sent now is sent after the next reconnect.
    registered.catch(() => undefined);
    return registered;
  }

  #lose(error: BonafideError): void {
    if (this.#closed) return;
    // Somebody else is registered: there is nothing to take back.
    this.#closed = Promise.resolve();
    this.#stopAll();
    this.#options.onLost(error);
  }

  #stopAll(): void {
    this.#stop();
    clearInterval(this.#interval);
    const error = new BonafideError('UNAVAILABLE', 'The registration has ended.');
    for (const pong of this.#pongs.values()) pong.reject(error);
  }
}
