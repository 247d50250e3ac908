import type { z } from 'zod';
import type { Action } from '../models/action.ts';
import type { Agent as AgentRecord } from '../models/agent.ts';
import type { Risk } from '../models/common.ts';
import type { Operation, StreamOperation } from '../operations/define.ts';
import type { Operations } from '../operations/registry.ts';

/** What every call takes beside its input. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Time for the whole call with its retries; for a local operation also the wait for a person. */
  readonly timeoutMs?: number | undefined;
  /** Names one logical write; made by the SDK when absent, never by a model. */
  readonly idempotencyKey?: string | undefined;
}

type InputOf<Op extends Operation> = z.input<Op['input']>;
type OutputOf<Op extends Operation> = z.output<Op['output']>;
type Arguments<Input> =
  Record<string, never> extends Input
    ? [input?: Input, options?: CallOptions]
    : [input: Input, options?: CallOptions];

/** An operation as a method: a promise of its output, or the events of a stream. */
export type Method<Op extends Operation> = (
  ...args: Arguments<InputOf<Op>>
) => Op extends StreamOperation ? AsyncIterable<OutputOf<Op>> : Promise<OutputOf<Op>>;

/** `client.jobs.create(input)`: one method for each operation of the registry. */
export type Client = {
  readonly [Noun in keyof Operations]: {
    readonly [Verb in keyof Operations[Noun]]: Operations[Noun][Verb] extends Operation
      ? Method<Operations[Noun][Verb]>
      : never;
  };
};

/** Calls any operation by value; what adapters loop over. Input is validated here, so it may come from a model. */
export interface Invoker {
  invoke(operation: Operation, input: unknown, options?: CallOptions): Promise<unknown>;
  stream(operation: StreamOperation, input: unknown, options?: CallOptions): AsyncIterable<unknown>;
}

/** What `verifyAction` and `authorize` ask. */
export interface ActionRequest {
  readonly action: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly risk?: Risk;
  readonly resource?: string;
}

/** Permission to run one action once; report the outcome with `complete`. */
export interface Grant {
  readonly actionId: string;
  readonly parametersDigest: string;
  complete(outcome: { readonly result?: unknown } | { readonly error: unknown }): Promise<Action>;
}

/** A registered agent: its identity, its permissions and every operation as a method. */
export interface Agent extends Client, Invoker, AsyncDisposable {
  readonly id: string;
  readonly name: string;
  readonly did: string;
  readonly record: AgentRecord;
  /** False when denied, still pending, or expired. */
  verifyAction(request: ActionRequest, options?: CallOptions): Promise<boolean>;
  /** Waits for a person when one is needed; throws VerificationError when denied or too late. */
  authorize(request: ActionRequest, options?: CallOptions): Promise<Grant>;
}
