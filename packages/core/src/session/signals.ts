import { z } from 'zod';
import { BonafideError, ConnectionError, TimeoutError } from '../errors.ts';
import { toUtf8 } from '../identity/bytes.ts';
import { encodeEnvelope } from '../identity/envelope.ts';
import type { Envelope } from '../identity/envelope-format.ts';
import { MAX_RELAYED_BYTES, MAX_SIGNAL_BYTES } from '../models/peer-limits.ts';
import type { PeerFrame } from '../protocol/frames.ts';
import { problemToError } from '../transport/response-error.ts';
import { fromBase64Url, toBase64Url } from './binary-text.ts';
import type { SessionLink } from './link.ts';
import { Recent } from './recent.ts';
import type { ReceivedSignal, SignalPort } from './types.ts';

/** Signals that may be unanswered at once. */
const MOST_WAITING = 1000;
/** Of so many packets a failure can still be told. */
const REMEMBERED = 1024;
const TIMEOUT_MS = 10_000;

const deliveredSignal = z.object({
  from: z.object({ did: z.string(), agentId: z.string(), workspace: z.string() }).optional(),
});
const deliveredPacket = z.object({ from: z.string() });

const registering = z.object({ message: z.object({ type: z.enum(['REGISTER', 'UNREGISTER']) }) });

interface Waiting {
  readonly frame: PeerFrame;
  readonly body: string;
  /** What the gateway itself is told about its taking signals. */
  readonly says: 'REGISTER' | 'UNREGISTER' | undefined;
  resolve(): void;
  reject(error: unknown): void;
}

type SendOptions = NonNullable<Parameters<SignalPort['send']>[2]>;

/** What peers say to each other through the gateway: signals are answered, packets are not. */
export class Signals implements SignalPort {
  readonly #link: SessionLink;
  /** `lost`: with the connection that it was made on; what peers are told waits until it is made again. */
  #registration: 'none' | 'there' | 'lost' = 'none';
  readonly #waiting = new Map<number, Waiting>();
  readonly #relayed = new Recent<string>(REMEMBERED);
  readonly #signalHandlers = new Set<(signal: ReceivedSignal) => void>();
  readonly #relayedHandlers = new Set<(from: string, sealed: Uint8Array) => void>();
  readonly #failureHandlers = new Set<(to: string, error: BonafideError) => void>();

  constructor(link: SessionLink) {
    this.#link = link;
    link.onFrame(['peered'], ({ n }) => this.#onPeered(n));
    link.onFrame(['refused'], ({ n, problem }) => this.#onRefused(n, problemToError(problem)));
    link.onFrame(['peer'], (frame, body) => this.#onSignal(frame, body));
    link.onFrame(['relay'], (frame, body) => this.#onRelayed(frame, body));
    link.onConnect(() => {
      for (const waiting of this.#waiting.values()) this.#sendFrame(waiting);
    });
    link.onDisconnect(({ error, willReconnect }) => {
      if (this.#registration === 'there') this.#registration = 'lost';
      if (!willReconnect) this.#giveUp(error);
    });
  }

  get bufferedBytes(): number {
    return this.#link.bufferedBytes;
  }

  async send(to: string, envelope: Envelope, options: SendOptions = {}): Promise<void> {
    const { signal, timeoutMs = TIMEOUT_MS } = options;
    signal?.throwIfAborted();
    if (this.#link.signal.aborted) throw this.#link.signal.reason;
    if (this.#waiting.size >= MOST_WAITING) throw tooManyWaiting();
    const body = encodeEnvelope(envelope);
    if (isTooLarge(body)) throw tooLarge('A signal', MAX_SIGNAL_BYTES);
    const frame: PeerFrame = { t: 'peer', n: this.#link.nextNumber(), to };
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const { data } = registering.safeParse(envelope.payload);
    const waiting = { frame, body, says: data?.message.type, resolve, reject };
    this.#waiting.set(frame.n, waiting);
    const end = this.#watch(frame, { signal, timeoutMs });
    this.#sendFrame(waiting);
    try {
      await promise;
    } finally {
      end();
    }
  }

  relay(to: string, sealed: Uint8Array): boolean {
    if (sealed.length > MAX_RELAYED_BYTES) throw tooLarge('A relayed packet', MAX_RELAYED_BYTES);
    if (!this.#link.isConnected) return false;
    const n = this.#link.nextNumber();
    this.#relayed.set(String(n), to);
    return this.#link.sendFrame({ t: 'relay', n, to }, toBase64Url(sealed));
  }

  onSignal(handler: (signal: ReceivedSignal) => void): () => void {
    return add(this.#signalHandlers, handler);
  }

  onRelayed(handler: (from: string, sealed: Uint8Array) => void): () => void {
    return add(this.#relayedHandlers, handler);
  }

  onRelayFailure(handler: (to: string, error: BonafideError) => void): () => void {
    return add(this.#failureHandlers, handler);
  }

  /** Gives up at the end of the time or at the caller's wish; returns what ends watching. */
  #watch({ n, to }: PeerFrame, { signal, timeoutMs }: SendOptions & { readonly timeoutMs: number }) {
    const timer = setTimeout(() => this.#take(n)?.reject(timedOut(to, timeoutMs)), timeoutMs);
    const onAbort = (): void => this.#take(n)?.reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    return (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
  }

  #take(n: number): Waiting | undefined {
    const waiting = this.#waiting.get(n);
    this.#waiting.delete(n);
    return waiting;
  }

  // A signal that the gateway refused would be missing from those of its connection, which have no gaps.
  #sendFrame({ frame, body }: Waiting): void {
    if (this.#registration === 'lost' && this.#isForPeer(frame)) return;
    this.#link.sendFrame(frame, body);
  }

  #isForPeer({ to }: PeerFrame): boolean {
    return to !== this.#link.admission.gatewayDid;
  }

  #onPeered(n: number): void {
    const waiting = this.#take(n);
    if (!waiting) return;
    waiting.resolve();
    if (this.#isForPeer(waiting.frame)) return;
    if (waiting.says === 'REGISTER') this.#registerAs('there');
    else if (waiting.says === 'UNREGISTER') this.#registerAs('none');
  }

  /** What waited for it goes on, in order. */
  #registerAs(state: 'none' | 'there'): void {
    const wasLost = this.#registration === 'lost';
    this.#registration = state;
    if (!wasLost) return;
    for (const waiting of this.#waiting.values())
      if (this.#isForPeer(waiting.frame)) this.#sendFrame(waiting);
  }

  #onRefused(n: number, error: BonafideError): void {
    const waiting = this.#take(n);
    waiting?.reject(error);
    // The gateway says itself to each what that means.
    if (waiting?.says === 'REGISTER' && this.#registration === 'lost') this.#registerAs('none');
    const to = this.#relayed.get(String(n));
    if (to === undefined) return;
    this.#relayed.forget(String(n));
    this.#tell(this.#failureHandlers, (handler) => handler(to, error));
  }

  #onSignal(frame: unknown, envelope: string): void {
    const { data } = deliveredSignal.safeParse(frame);
    if (!data || envelope === '' || isTooLarge(envelope)) throw unreadable('signal');
    this.#tell(this.#signalHandlers, (handler) => handler({ from: data.from, envelope }));
  }

  #onRelayed(frame: unknown, body: string): void {
    const { data } = deliveredPacket.safeParse(frame);
    const sealed = fromBase64Url(body);
    if (!data || !sealed || sealed.length > MAX_RELAYED_BYTES) throw unreadable('relayed packet');
    this.#tell(this.#relayedHandlers, (handler) => handler(data.from, sealed));
  }

  /** A handler that throws keeps nothing from the others. */
  #tell<Handler>(handlers: ReadonlySet<Handler>, call: (handler: Handler) => void): void {
    for (const handler of handlers) {
      try {
        call(handler);
      } catch (error) {
        this.#link.reportError(error);
      }
    }
  }

  #giveUp(cause: BonafideError): void {
    for (const n of [...this.#waiting.keys()]) {
      const waiting = this.#take(n);
      waiting?.reject(new ConnectionError(`The session ended before ${waiting.frame.to} had it.`, { cause }));
    }
  }
}

function add<Handler>(handlers: Set<Handler>, handler: Handler): () => void {
  handlers.add(handler);
  return () => void handlers.delete(handler);
}

/** Text that is short enough in any encoding is not encoded to be measured. */
function isTooLarge(text: string): boolean {
  return text.length * 3 > MAX_SIGNAL_BYTES && toUtf8(text).length > MAX_SIGNAL_BYTES;
}

function timedOut(to: string, timeoutMs: number): TimeoutError {
  return new TimeoutError(`The signal to ${to} was not handed on within ${timeoutMs} ms.`, {
    details: { to, timeoutMs },
  });
}

function tooManyWaiting(): BonafideError {
  return new BonafideError(
    'LIMIT_EXCEEDED',
    `${MOST_WAITING} signals wait for the gateway already: await what was sent before sending more.`,
  );
}

function tooLarge(what: string, most: number): BonafideError {
  return new BonafideError('PAYLOAD_TOO_LARGE', `${what} has at most ${most} bytes.`, {
    details: { maxBytes: most },
  });
}

function unreadable(what: string): BonafideError {
  return new BonafideError('VALIDATION_FAILED', `The gateway sent a ${what} that cannot be read.`);
}
