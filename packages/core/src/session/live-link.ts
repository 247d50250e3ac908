import { BonafideError, ConnectionError } from '../errors.ts';
import type { ReadFrame } from '../protocol/codec.ts';
import type { ClientFrame, GatewayFrame } from '../protocol/frames.ts';
import { delay } from '../transport/deadline.ts';
import { type Connection, connectOnce } from './connection.ts';
import type { Returning } from './handshake.ts';
import type { Admission, GatewayFrameKind, GatewayFrameOf, SessionLink } from './link.ts';
import { reconnectDelayMs, type SessionSettings } from './settings.ts';

type FrameHandler = (frame: never, body: string) => void;
type Loss = { readonly error: BonafideError; readonly willReconnect: boolean };

/** How long the gateway has to answer a goodbye. */
const GOODBYE_MS = 2000;

/** The link that finds the gateway again: opened by `openLink`, begun once every part listens. */
export class LiveLink implements SessionLink {
  readonly #settings: SessionSettings;
  readonly #reportError: (error: unknown) => void;
  readonly #ending = new AbortController();
  readonly #ended = Promise.withResolvers<BonafideError | undefined>();
  readonly #frameHandlers = new Map<string, Set<FrameHandler>>();
  readonly #connectListeners = new Set<(admission: Admission) => void>();
  readonly #disconnectListeners = new Set<(loss: Loss) => void>();
  #connection: Connection;
  #workspace: string | undefined;
  #lastNumber = 0;
  #isClosing = false;

  constructor(
    connection: Connection,
    {
      settings,
      reportError,
    }: { readonly settings: SessionSettings; readonly reportError: (error: unknown) => void },
  ) {
    this.#connection = connection;
    this.#settings = settings;
    this.#reportError = reportError;
  }

  /** Passes frames on, and keeps the connection from now on. */
  begin(): void {
    this.#connection.start((read) => this.#dispatch(read));
    void this.#keep();
    const { signal } = this.#settings.transport;
    if (!signal) return;
    const onAbort = (): void => this.#end(toAborted(signal.reason));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true, signal: this.signal });
  }

  get isConnected(): boolean {
    return this.#connection.isOpen && !this.signal.aborted;
  }

  get admission(): Admission {
    return this.#connection.admission;
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  get bufferedBytes(): number {
    return this.#connection.bufferedBytes;
  }

  /** Resolves when the session is over: undefined when it was closed here. */
  get ended(): Promise<BonafideError | undefined> {
    return this.#ended.promise;
  }

  sendFrame(frame: ClientFrame, body?: string): boolean {
    if (!this.isConnected) return false;
    this.#connection.send(frame, body);
    return true;
  }

  nextNumber(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  onFrame<Kind extends GatewayFrameKind>(
    kinds: readonly Kind[],
    handler: (frame: GatewayFrameOf<Kind>, body: string) => void,
  ): () => void {
    for (const kind of kinds) {
      const handlers = this.#frameHandlers.get(kind) ?? new Set();
      this.#frameHandlers.set(kind, handlers.add(handler));
    }
    return () => {
      for (const kind of kinds) this.#frameHandlers.get(kind)?.delete(handler);
    };
  }

  onConnect(listener: (admission: Admission) => void): () => void {
    this.#connectListeners.add(listener);
    return () => void this.#connectListeners.delete(listener);
  }

  onDisconnect(listener: (loss: Loss) => void): () => void {
    this.#disconnectListeners.add(listener);
    return () => void this.#disconnectListeners.delete(listener);
  }

  reportError(error: unknown): void {
    this.#reportError(error);
  }

  /** Where to come back to, when it is not where the session began. */
  moveTo(workspace: string): void {
    this.#workspace = workspace;
  }

  /** Says goodbye, waits for the gateway's, and ends. */
  async close(): Promise<void> {
    if (this.signal.aborted) return;
    this.#isClosing = true;
    const connection = this.#connection;
    if (connection.isOpen) {
      connection.sayGoodbye();
      const timer = setTimeout(() => this.#end(undefined), GOODBYE_MS);
      await connection.lost;
      clearTimeout(timer);
    }
    this.#end(undefined);
  }

  /** Whether it ended, or ends, because `close` was called. */
  get isClosedHere(): boolean {
    return this.#isClosing;
  }

  async #keep(): Promise<void> {
    for (;;) {
      const error = await this.#connection.lost;
      if (this.signal.aborted || this.#isClosing) return;
      const willReconnect = this.#settings.reconnect && this.#canHeal(error);
      if (!willReconnect) {
        this.#end(error);
        return;
      }
      this.#tell(this.#disconnectListeners, { error, willReconnect });
      try {
        await this.#reconnect(error);
      } catch (last) {
        this.#end(BonafideError.from(last));
        return;
      }
    }
  }

  async #reconnect(loss: BonafideError): Promise<void> {
    const connection = await connectWithRetries(this.#settings, {
      returning: { workspace: this.#workspace, resumeToken: this.admission.welcome.resumeToken },
      signal: this.signal,
      after: loss,
    });
    if (this.signal.aborted) {
      connection.drop(BonafideError.from(this.signal.reason));
      throw this.signal.reason;
    }
    this.#connection = connection;
    // First what was not answered before, then what comes.
    this.#tell(this.#connectListeners, connection.admission);
    connection.start((read) => this.#dispatch(read));
  }

  /** A CONFLICT on a living session is somebody who took its address over: taking it back would go on for ever. */
  #canHeal(error: BonafideError): boolean {
    return error.retryable;
  }

  #dispatch({ frame, body }: ReadFrame<GatewayFrame>): void {
    for (const handler of this.#frameHandlers.get(frame.t) ?? []) {
      try {
        handler(frame as never, body);
      } catch (error) {
        this.#reportError(error);
      }
    }
  }

  #tell<Value>(listeners: ReadonlySet<(value: Value) => void>, value: Value): void {
    for (const listener of listeners) {
      try {
        listener(value);
      } catch (error) {
        this.#reportError(error);
      }
    }
  }

  #end(error: BonafideError | undefined): void {
    if (this.signal.aborted) return;
    const reason = error ?? new ConnectionError('The session was closed.');
    this.#ending.abort(reason);
    this.#connection.drop(reason);
    this.#tell(this.#disconnectListeners, { error: reason, willReconnect: false });
    this.#ended.resolve(error);
  }
}

/** Connects, again and again after failures that may pass, as often as the settings say. */
export async function connectWithRetries(
  settings: SessionSettings,
  {
    returning,
    signal,
    after,
  }: {
    readonly returning: Returning;
    readonly signal: AbortSignal;
    /** The loss that came before; absent at the first connection. */
    readonly after?: BonafideError;
  },
): Promise<Connection> {
  let failures = 0;
  if (after) await delay(reconnectDelayMs(settings, 0, after), signal);
  for (;;) {
    try {
      return await connectOnce(settings, { returning, signal });
    } catch (cause) {
      signal.throwIfAborted();
      const error = BonafideError.from(cause);
      failures += 1;
      if (!mayPass(error, returning) || !settings.reconnect || isSpent(settings, failures)) throw error;
      await delay(reconnectDelayMs(settings, failures, error), signal);
    }
  }
}

/** With a resume token a CONFLICT is about our own former connection, whose gateway has not noticed yet. */
function mayPass(error: BonafideError, { resumeToken }: Returning): boolean {
  return error.retryable || (error.code === 'CONFLICT' && resumeToken !== undefined);
}

function isSpent({ maxRetries }: SessionSettings, failures: number): boolean {
  return maxRetries > 0 && failures > maxRetries;
}

function toAborted(reason: unknown): BonafideError {
  if (BonafideError.is(reason)) return reason;
  return new BonafideError('UNAVAILABLE', 'The session was aborted.', { cause: reason });
}
