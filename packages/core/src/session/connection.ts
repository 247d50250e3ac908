import { BonafideError, ConnectionError, TimeoutError } from '../errors.ts';
import { encodeFrame, type ReadFrame } from '../protocol/codec.ts';
import type { ClientFrame, GatewayFrame } from '../protocol/frames.ts';
import { startDeadline } from '../transport/deadline.ts';
import { problemToError } from '../transport/response-error.ts';
import { Batch } from './batch.ts';
import type { FrameQueue } from './frame-queue.ts';
import { type Returning, shakeHands } from './handshake.ts';
import type { Admission } from './link.ts';
import { openWire } from './open-wire.ts';
import type { SessionSettings } from './settings.ts';
import type { Wire } from './wire.ts';

/** One connection from its welcome to its end. */
export class Connection {
  readonly admission: Admission;
  readonly #wire: Wire;
  readonly #queue: FrameQueue;
  readonly #batch: Batch;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #isOpen = true;

  constructor(admission: Admission, { wire, queue }: { readonly wire: Wire; readonly queue: FrameQueue }) {
    this.admission = admission;
    this.#wire = wire;
    this.#queue = queue;
    this.#batch = new Batch((lines) => {
      if (this.#isOpen) wire.send(lines);
    });
    void queue.lost.then(() => this.#stop());
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get bufferedBytes(): number {
    return this.#wire.bufferedBytes;
  }

  /** Resolves with why, once it is over. */
  get lost(): Promise<BonafideError> {
    return this.#queue.lost;
  }

  send(frame: ClientFrame, body?: string): void {
    this.#batch.add(encodeFrame(frame, body));
  }

  /** Passes on what is not about the connection itself. */
  start(onFrame: (read: ReadFrame<GatewayFrame>) => void): void {
    this.#watchSilence();
    this.#queue.pipe((read) => {
      if (!this.#isOpen) return;
      const { frame } = read;
      if (frame.t === 'ping') this.send({ t: 'pong' });
      else if (frame.t === 'bye') this.drop(farewell(frame.problem));
      else if (frame.t !== 'pong') onFrame(read);
    });
  }

  /** Sends what waits, says goodbye, and leaves closing to the gateway; `drop` closes. */
  sayGoodbye(): void {
    this.send({ t: 'bye' });
    this.#batch.flush();
  }

  drop(error: BonafideError): void {
    this.#queue.onClose(error);
    this.#stop();
    this.#wire.close();
  }

  #stop(): void {
    this.#isOpen = false;
    clearInterval(this.#heartbeat);
  }

  /** After one silent interval it asks, after two the connection counts as lost. */
  #watchSilence(): void {
    const { heartbeatMs } = this.admission.welcome.limits;
    if (heartbeatMs <= 0) return;
    let silentIntervals = 0;
    this.#heartbeat = setInterval(() => {
      silentIntervals = this.#queue.takeHasHeard() ? 0 : silentIntervals + 1;
      if (silentIntervals === 1) this.send({ t: 'ping' });
      if (silentIntervals < 2) return;
      this.drop(new ConnectionError(`The gateway was silent for ${2 * heartbeatMs} ms.`));
    }, heartbeatMs);
  }
}

function farewell(problem: unknown): BonafideError {
  return problem === undefined
    ? new ConnectionError('The gateway closed the session.')
    : problemToError(problem);
}

/** Connects once, in the time there is for it. */
export async function connectOnce(
  settings: SessionSettings,
  { returning, signal }: { readonly returning: Returning; readonly signal: AbortSignal },
): Promise<Connection> {
  const { connectTimeoutMs } = settings;
  const deadline = startDeadline({
    timeoutMs: connectTimeoutMs,
    signals: [signal],
    reason: () => new TimeoutError(`The gateway did not welcome us within ${connectTimeoutMs} ms.`),
  });
  try {
    return await attempt(settings, { returning, signal: deadline.signal });
  } finally {
    deadline.end();
  }
}

async function attempt(
  settings: SessionSettings,
  { returning, signal }: { readonly returning: Returning; readonly signal: AbortSignal },
): Promise<Connection> {
  const { wire, queue } = await openWire(settings, signal);
  const onAbort = (): void => queue.onClose(BonafideError.from(signal.reason));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    // A signer may be far away, too: nothing of the handshake outlasts the connection.
    const lost = queue.lost.then((error) => Promise.reject(error));
    const admission = await Promise.race([shakeHands(settings, { wire, queue, returning }), lost]);
    lost.catch(() => undefined);
    return new Connection(admission, { wire, queue });
  } catch (error) {
    wire.close();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
