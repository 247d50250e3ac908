import type { RemoteOperation, StreamOperation } from '@bonafide/core/operations';
import { actorOf, type Context, type Services } from '../context.ts';
import { openStream, runRemote } from '../handlers/index.ts';
import type { StreamItem } from '../handlers/types.ts';
import { type AnswerBook, AnsweredBefore, type Attempt, repeatableBody } from './answers.ts';
import { type Call, type CallFacts, createCall } from './call.ts';
import { type GuessGuard, isWrongSecret, takesSecret } from './guesses.ts';
import type { NonceGuard } from './nonces.ts';
import type { Seats } from './seats.ts';

/** What running operations needs, whatever brought them here. */
export interface ExecuteOptions {
  readonly services: Services;
  readonly nonces: NonceGuard;
  readonly answers: AnswerBook;
  readonly guesses: GuessGuard;
  readonly seats: Seats;
}

/** A call whose caller was admitted. */
export interface Execution extends Omit<CallFacts, 'attempt'> {
  readonly operation: RemoteOperation | StreamOperation;
  /** What limits count by. */
  readonly network: string;
  readInput(): Record<string, unknown>;
  /** Of a command with an idempotency key. */
  attempt(): Attempt | undefined;
}

/** The JSON of what an operation returned, or had returned when it was asked under the same key before. */
export interface Executed {
  readonly body: string;
  readonly isReplayed: boolean;
}

/** Runs a remote operation. */
export async function execute(execution: Execution, options: ExecuteOptions): Promise<Executed> {
  const { operation, principal, network, nonce } = execution;
  let call: Call | undefined;
  let release: (() => void) | undefined;
  let leave: (() => void) | undefined;
  try {
    leave = options.seats.take(actorOf(principal), operation);
    const input = execution.readInput();
    const attempt = execution.attempt();
    if (attempt) release = options.answers.start(attempt);
    call = createCall({ ...execution, attempt }, options.services);
    const output = await runRemote(operation.id, call.context, input);
    return { body: call.bodyOf(output), isReplayed: false };
  } catch (cause) {
    if (cause instanceof AnsweredBefore) return { body: repeatableBody(cause.answer), isReplayed: true };
    if (isWrongSecret(cause) && takesSecret(operation, principal)) options.guesses.count(network);
    throw cause;
  } finally {
    release?.();
    leave?.();
    if (nonce && !call?.isNonceStored()) options.nonces.persistLater(nonce);
  }
}

export interface OpenedStream {
  readonly context: Context;
  readonly items: AsyncIterable<StreamItem<unknown>>;
  /** Once the stream has ended. */
  leave(): void;
}

/** Opens a stream; `ended` is the side of the gateway from which it can be stopped. */
export function openItems(
  execution: Execution,
  { options, ended }: { readonly options: ExecuteOptions; readonly ended: AbortSignal },
): OpenedStream {
  const leave = options.seats.take(actorOf(execution.principal), execution.operation);
  try {
    const input = execution.readInput();
    const { context } = createCall({ ...execution, attempt: undefined }, options.services);
    const signal = AbortSignal.any([context.signal, ended]);
    return { context, items: openStream(execution.operation.id, { ...context, signal }, input), leave };
  } catch (cause) {
    leave();
    throw cause;
  } finally {
    if (execution.nonce) options.nonces.persistLater(execution.nonce);
  }
}
