import type { CallOptions, Hired, HireOptions } from '@bonafide/core';
import type { ExecutionProgress, IntentReply, IntentRequest, PeerQuote, Skill } from '@bonafide/core/models';
import type { PeerIdentity } from '../connection/connector.ts';
import type { PathKind } from '../path/path.ts';

/** Anything that is JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A reply, and the id under which what it accepts is executed. */
export interface AnsweredIntent extends IntentReply {
  readonly intentId: string;
}

export interface ExecutionRequest {
  readonly capability: string;
  readonly args?: Readonly<Record<string, unknown>> | undefined;
  /** Of an accepted intent. */
  readonly intentId?: string | undefined;
}

/** An execution under way at a peer. Whatever is not read waits there, not here. */
export interface Execution {
  readonly executionId: string;
  /** What it says of itself, from the call on. */
  readonly progress: AsyncIterable<ExecutionProgress>;
  /** Values that it streams before its result. */
  readonly chunks: AsyncIterable<Json>;
  /** Bytes that it streams. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Sends bytes to it; resolves when there is room for more. */
  write(bytes: Uint8Array): Promise<void>;
  /** No more bytes. */
  end(): Promise<void>;
  /** Its result; rejects with what went wrong there, DENIED, TIMEOUT, or the reason of `cancel`. */
  readonly result: Promise<Json>;
  cancel(reason?: string): void;
}

/** Bytes or text with boundaries, both ways. */
export interface Channel extends AsyncDisposable {
  readonly label: string;
  /** Resolves when there is room for more; an unordered channel never waits, and loses what does not fit. */
  send(message: Uint8Array | string): Promise<void>;
  readonly messages: AsyncIterable<Uint8Array | string>;
  close(): Promise<void>;
}

export interface ChannelOptions {
  /** Default true: everything arrives, in order. False: at most once, at most 16,000 bytes, for what is worthless when late. */
  readonly isOrdered?: boolean | undefined;
}

/** Another agent, with whom there is a channel of one's own. */
export interface Peer extends PeerIdentity {
  readonly state: 'connected' | 'suspended' | 'closed';
  /** How it goes now; undefined while a way is looked for. */
  readonly path: PathKind | undefined;
  sendIntent(request: IntentRequest | string, options?: CallOptions): Promise<AnsweredIntent>;
  /** Asks for permission here, then has it run there; `timeoutMs` is for the execution, default 60,000. */
  execute(request: ExecutionRequest, options?: CallOptions): Execution;
  /** Makes a quote with an offer a job, and carries it to its end. */
  hire(quote: PeerQuote, job: { readonly description: string } & HireOptions): Promise<Hired>;
  /** Milliseconds to the peer and back. */
  ping(options?: CallOptions): Promise<number>;
  openChannel(label: string, options?: ChannelOptions): Promise<Channel>;
  close(reason?: string): Promise<void>;
}

/** An intent of a peer. */
export interface IncomingIntent {
  readonly intentId: string;
  readonly from: PeerIdentity;
  readonly request: IntentRequest;
}

/** An execution that a peer asked for and that is permitted. */
export interface IncomingExecution<Args = Readonly<Record<string, Json>>> {
  readonly executionId: string;
  readonly from: PeerIdentity;
  readonly capability: string;
  /** Checked against the schema of the capability. */
  readonly args: Args;
  readonly intentId: string | undefined;
  /** What was replied to the intent. */
  readonly accepted: IntentReply | undefined;
  /** Ends when the peer cancels, its time is over, or the link is closed. */
  readonly signal: AbortSignal;
  report(progress: ExecutionProgress): void;
  /** Streams a value before the result; resolves when there is room for more. */
  stream(chunk: Json): Promise<void>;
  /** Bytes that the peer sends. */
  readonly bytes: AsyncIterable<Uint8Array>;
  write(bytes: Uint8Array): Promise<void>;
}

export type IntentHandler = (intent: IncomingIntent) => IntentReply | Promise<IntentReply>;
export type ExecutionHandler<Args> = (execution: IncomingExecution<Args>) => unknown;

/** Structural, so that any schema library fits: zod, or another with `safeParse`. */
export interface Schema<Value> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: Value }
    | { readonly success: false; readonly error: { readonly issues: readonly SchemaIssue[] } };
}
export interface SchemaIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Something an agent does for peers: what it publishes, what it checks, and what it runs. */
export interface Capability<Args = never, Result = unknown>
  extends Pick<Skill, 'description' | 'priceUsdc' | 'risk'> {
  readonly input: Schema<Args>;
  readonly output?: Schema<Result> | undefined;
  /** Only after an accepted intent. */
  readonly needsIntent?: boolean | undefined;
  /** Default 8 at once, over all peers. */
  readonly concurrency?: number | undefined;
}
