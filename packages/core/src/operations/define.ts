import type { z } from 'zod';
import type { ErrorCode } from '../errors.ts';

/** `none` reads; the others change something and set the default decision and the tool annotations. */
export type OperationRisk = 'none' | 'low' | 'medium' | 'high' | 'critical';

/** Groups of operations that a caller may offer to a model. */
export type Toolset = 'agents' | 'governance' | 'commerce' | 'artifacts' | 'coordination' | 'peers';

export type HttpMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** `{name}` in the path is a field of the input; GET sends the rest as query, the others as JSON body. */
export interface HttpBinding {
  readonly method: HttpMethod;
  readonly path: `/v1/${string}`;
}

/** `public`: anyone. `enrolment`: a key not yet registered. Else a scope of the caller's workspace. */
export type Access = 'public' | 'enrolment' | Scope;
export type Scope = `workspace:${string}.${'read' | 'write' | 'manage'}`;

type InputSchema = z.ZodObject;
type OutputSchema = z.ZodType;

interface Definition<Id extends string, Input extends InputSchema, Output extends OutputSchema> {
  /** `noun.verb`; the names on every surface derive from it. */
  readonly id: Id;
  readonly summary: string;
  /** For a model: what it does, when not to use it, side effects, what it returns, what to call next. */
  readonly description: string;
  readonly risk: OperationRisk;
  readonly input: Input;
  readonly output: Output;
  readonly errors: readonly ErrorCode[];
  /** Doing it twice is the same as doing it once, even without an idempotency key. */
  readonly idempotent: boolean;
  /** Absent: never offered to models. */
  readonly toolset?: Toolset;
  /** Part of the small set that models get by default. */
  readonly isDefaultTool?: true;
}

/** Runs in the gateway. */
export interface RemoteOperation<
  Id extends string = string,
  Input extends InputSchema = InputSchema,
  Output extends OutputSchema = OutputSchema,
> extends Definition<Id, Input, Output> {
  readonly kind: 'remote';
  readonly http: HttpBinding;
  readonly access: Access;
}

/** Runs in the SDK, because it signs, decides or discovers there. */
export interface LocalOperation<
  Id extends string = string,
  Input extends InputSchema = InputSchema,
  Output extends OutputSchema = OutputSchema,
> extends Definition<Id, Input, Output> {
  readonly kind: 'local';
  /** Signs nothing, so that it runs without an agent, too. */
  readonly isKeyless?: true;
}

/** A resumable stream over SSE; `output` is the schema of one event. */
export interface StreamOperation<
  Id extends string = string,
  Input extends InputSchema = InputSchema,
  Output extends OutputSchema = OutputSchema,
> extends Definition<Id, Input, Output> {
  readonly kind: 'stream';
  readonly http: HttpBinding & { readonly method: 'GET' };
  readonly access: Access;
}

export type Operation = RemoteOperation | LocalOperation | StreamOperation;

/** Defines an operation that the gateway runs. */
export function defineOperation<Id extends string, Input extends InputSchema, Output extends OutputSchema>(
  definition: Omit<RemoteOperation<Id, Input, Output>, 'kind'>,
): RemoteOperation<Id, Input, Output> {
  return { kind: 'remote', ...definition };
}

/** Defines an operation that the SDK runs. */
export function defineLocalOperation<
  Id extends string,
  Input extends InputSchema,
  Output extends OutputSchema,
>(definition: Omit<LocalOperation<Id, Input, Output>, 'kind'>): LocalOperation<Id, Input, Output> {
  return { kind: 'local', ...definition };
}

/** Defines a stream of events from the gateway. */
export function defineStream<Id extends string, Input extends InputSchema, Output extends OutputSchema>(
  definition: Omit<StreamOperation<Id, Input, Output>, 'kind' | 'risk' | 'idempotent'>,
): StreamOperation<Id, Input, Output> {
  return { kind: 'stream', risk: 'none', idempotent: true, ...definition };
}

/** Whether it only reads, and so may be retried freely. */
export function isQuery(operation: Operation): boolean {
  return operation.risk === 'none';
}
