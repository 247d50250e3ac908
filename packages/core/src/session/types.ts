import type { ClientOptions } from '../client/create-client.ts';
import type { CallOptions, Client, Invoker } from '../client/types.ts';
import type { BonafideError } from '../errors.ts';
import type { Envelope } from '../identity/envelope-format.ts';
import type { Signer } from '../identity/keys.ts';
import type { Message, MessageKind } from '../models/message.ts';
import type { MetricSample } from '../models/metric.ts';
import type { Assignment, Task } from '../models/task.ts';
import type { SessionConfig } from '../protocol/frames.ts';
import type { SessionPrincipal } from '../protocol/handshake.ts';
import type { ServiceFetch } from './proxy-client.ts';

/** How a session is opened, kept and found again. */
export interface SessionOptions extends Omit<ClientOptions, 'url'> {
  /** Default `http://127.0.0.1:4660`. */
  readonly url?: string | undefined;
  /** As whom: `{ type: 'agent', implementation: 'worker', specifier: '01' }`. */
  readonly principal: SessionPrincipal;
  /** Default that of the credential. */
  readonly workspace?: string | undefined;
  /** Default `auto`: WebSocket, and server-sent events with POST where that cannot be opened. */
  readonly carrier?: 'auto' | 'websocket' | 'sse' | undefined;
  /** Close a live session of the same credential and address; default false, which is answered CONFLICT. */
  readonly takeOver?: boolean | undefined;
  /** Messages that may be unacknowledged at once; default 256. */
  readonly credit?: number | undefined;
  /** Of an orchestrator: what it can start. */
  readonly profiles?: readonly string[] | undefined;
  /** Kinds of tasks that it takes, for whoever decides where work goes. */
  readonly taskTypes?: readonly string[] | undefined;
  /** Default true: connect again after a lost connection. */
  readonly reconnect?: boolean | undefined;
  /** Attempts in a row after which it is given up; 0 never; default 5. */
  readonly maxRetries?: number | undefined;
  /** Backoff is random between 0 and this times 2^n; default 1,000. */
  readonly initialBackoffMs?: number | undefined;
  /** Longest backoff; default 30,000. */
  readonly maxBackoffMs?: number | undefined;
  /** Time for one attempt, welcome included; default 10,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** DID that the gateway must have; absent: any. */
  readonly gatewayDid?: string | undefined;
}

/** A message as a handler gets it; acknowledged once every handler is done with it. */
export interface IncomingMessage<Body = unknown> extends Omit<Message, 'body' | 'sequence'> {
  readonly body: Body;
  /** Absent for a live message, which is never kept. */
  readonly sequence?: number | undefined;
  /** DID whose signature over the body was verified here, where the sender signed it. */
  readonly signedBy?: string | undefined;
  /** The body came sealed for this session's key. */
  readonly isSealed: boolean;
  /** Answers its sender, with `replyTo`. */
  reply(body: unknown, options?: SendOptions): Promise<Sent>;
  /** Acknowledges it now, whatever its handlers still do; with `receive()`, before the loop is left. */
  acknowledge(): void;
  /** Makes it a dead letter instead of acknowledging it. */
  reject(reason: string): void;
}

export interface SendOptions extends Pick<CallOptions, 'signal' | 'timeoutMs'> {
  /** Default `chat`. */
  readonly kind?: MessageKind | undefined;
  /** The same for the same message, so that sending again is recognised; made when absent. */
  readonly messageId?: string | undefined;
  readonly replyTo?: string | undefined;
  readonly expiresInSeconds?: number | undefined;
  /** To act for a user, within this grant. */
  readonly grantId?: string | undefined;
  /** Sign the body with this session's key, so that the recipient need not believe the gateway. */
  readonly sign?: boolean | undefined;
  /** DID that alone can read the body; the gateway cannot. */
  readonly sealFor?: string | undefined;
}

/** Where a kept message is. */
export interface Sent {
  readonly messageId: string;
  readonly sequence: number;
  readonly isDuplicate: boolean;
}

/** What can be listened to besides messages. */
export interface SessionEvents {
  /** Every message, after the handlers of its kind. */
  readonly message: IncomingMessage;
  /** What an orchestrator is to start. */
  readonly assignment: IncomingMessage<Assignment>;
  readonly config: SessionConfig;
  /** The gateway is about to close the session. */
  readonly disconnecting: { readonly isForced: boolean; readonly reason: string };
  readonly connected: { readonly isResumed: boolean; readonly epoch: number };
  readonly disconnected: { readonly error: BonafideError | undefined; readonly willReconnect: boolean };
  /** A handler threw, a fire-and-forget call failed, or live messages were lost. */
  readonly error: BonafideError;
}

type KindHandlers = { readonly [Kind in Exclude<MessageKind, 'assignment'>]: IncomingMessage };

export type SessionEventMap = SessionEvents & KindHandlers;

/** Any number per event, called in the order in which they were added; a message waits for all of its handlers. */
export type Handler<Value> = (value: Value) => void | Promise<void>;

/** Every call of the client without an answer: what fails goes to `error` handlers. */
export type NoWait = {
  readonly [Noun in keyof Client]: {
    readonly [Verb in keyof Client[Noun]]: Client[Noun][Verb] extends (
      ...args: infer Args
    ) => Promise<unknown>
      ? (...args: Args) => void
      : never;
  };
};

export interface WorkOptions {
  readonly taskTypes?: readonly string[] | undefined;
  readonly implementation?: string | undefined;
  /** Tasks at once; default 1. */
  readonly concurrency?: number | undefined;
}

/** A task under way; what its handler returns completes it, what it throws fails it. */
export interface TaskRun {
  readonly task: Task;
  /** Ends when the lease was lost or the task cancelled: stop. */
  readonly signal: AbortSignal;
  report(progress: {
    readonly fraction?: number;
    readonly step?: string;
    readonly message?: string;
  }): Promise<void>;
  /** Puts the task on hold instead of completing it. */
  pause(reason?: string): Promise<void>;
}

export interface Worker extends AsyncDisposable {
  /** Takes no more, and resolves once what runs is done. */
  stop(): Promise<void>;
}

/** Answers HTTP requests that come through the session; a URL forwards them to a server there. */
export type ServiceHandler = (request: Request) => Response | Promise<Response>;

/** A signed message of a peer, or of the gateway where `from` is absent, as it came; nothing of it is verified yet. */
export interface ReceivedSignal {
  readonly from: { readonly did: string; readonly agentId: string; readonly workspace: string } | undefined;
  /** Canonical text of an envelope. */
  readonly envelope: string;
}

/** What peers say to each other through the gateway; `@bonafide/p2p` builds channels on it. */
export interface SignalPort {
  /** Bytes that the network has not taken yet. */
  readonly bufferedBytes: number;
  /**
   * Resolves once the gateway handed the envelope to the session of `to` (a DID; its own: to itself). Sent again, in order,
   * where the connection was lost before the answer, and after a new REGISTER where there had been one. Rejects NOT_FOUND when nobody with that key takes signals.
   */
  send(to: string, envelope: Envelope, options?: Pick<CallOptions, 'signal' | 'timeoutMs'>): Promise<void>;
  /** A sealed packet, at most once and in order; false: there is no connection. What fails comes to `onRelayFailure`. */
  relay(to: string, sealed: Uint8Array): boolean;
  onSignal(handler: (signal: ReceivedSignal) => void): () => void;
  onRelayed(handler: (from: string, sealed: Uint8Array) => void): () => void;
  onRelayFailure(handler: (to: string, error: BonafideError) => void): () => void;
}

/**
 * A live connection of one principal: it holds the address, proves that its owner is alive, and carries everything:
 * messages, every operation of the registry, streams, and HTTP to services.
 */
export interface Session extends Client, Invoker, AsyncDisposable {
  /** The canonical address, such as `ag::default::worker::01`. */
  readonly address: string;
  readonly workspace: string;
  readonly sessionId: string;
  /** Rises with every session of the address: pass it to what must refuse a predecessor. */
  readonly epoch: number;
  readonly isConnected: boolean;
  readonly config: SessionConfig;
  /** DID of the gateway that signed the welcome. */
  readonly gatewayDid: string;
  readonly signer: Signer | undefined;
  /** Returns the function that removes the handler. */
  on<Name extends keyof SessionEventMap>(event: Name, handler: Handler<SessionEventMap[Name]>): () => void;
  /**
   * Messages as they come, of one kind or of all; each is acknowledged when the next is asked for, so the one at which the
   * loop is left is not. Ends when the session is closed here, and throws when it ended otherwise.
   */
  receive(kind?: MessageKind): AsyncIterable<IncomingMessage>;
  /** Resolves once the gateway keeps the message; tries again by itself, under the same id, until `timeoutMs`. */
  send(to: string, body: unknown, options?: SendOptions): Promise<Sent>;
  /** Sends without keeping: reaches who is connected now. What fails goes to `error` handlers. */
  post(to: string, body: unknown, options?: { readonly kind?: MessageKind | undefined }): void;
  /** An event for the workflow rules and engines of the workspace. */
  sendEvent(type: string, data?: Readonly<Record<string, unknown>>): Promise<Sent>;
  /** Samples, or any JSON, for the metrics bridges of the workspace. */
  sendMetric(metric: MetricSample | readonly MetricSample[] | { readonly raw: unknown }): Promise<void>;
  readonly nowait: NoWait;
  readonly signals: SignalPort;
  /**
   * `fetch` whose URLs are `sv://implementation/specifier/path`, with `*` as the specifier of any instance. As text also
   * `http://sv::implementation::specifier/path`, which no `Request` or `URL` can hold.
   */
  readonly fetch: ServiceFetch;
  /** Answers requests to this service until it is disposed. */
  serve(handler: ServiceHandler | URL): Disposable;
  /** Takes tasks and runs them, as many at once as `concurrency` says. */
  work(options: WorkOptions, handler: (run: TaskRun) => unknown): Worker;
  /** Moves to another workspace: resolves with the new address once the gateway confirmed it. */
  switchWorkspace(workspace: string): Promise<string>;
  /** Resolves when the session ended for good: undefined when it was closed here, else why. */
  untilDisconnected(): Promise<BonafideError | undefined>;
  close(): Promise<void>;
}
