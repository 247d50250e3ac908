import { type Agent, BonafideError, RateLimitError } from '@bonafide/core';
import type { PeerMessageOf } from '@bonafide/core/models';
import type { LinkedPeer } from '../connection/connector.ts';
import type { Activity } from './activity.ts';
import type { AnsweredIntents } from './answered-intents.ts';
import { permitServing } from './permission.ts';
import { toPeerProblem } from './problems.ts';
import type { MessageJson, Provided } from './provided.ts';
import { createRememberedAnswers } from './remembered-answers.ts';
import { runReported } from './report-outcome.ts';
import type { RequesterCheck } from './requester-check.ts';
import { sendAnswer } from './send-answer.ts';
import {
  createServedExecution,
  type ExecResponse,
  type ServedExecution,
  toResponse,
} from './serve-execution.ts';
import { executionOf } from './stream-labels.ts';
import type { Json } from './types.ts';

type ExecRequest = PeerMessageOf<'EXEC_REQUEST'>;
type StartRequest = Extract<ExecRequest['request'], { readonly action: 'start' }>;

/** Of one peer: being checked, waiting for permission or a slot, and running. */
const MAX_UNDER_WAY = 64;
const RETRY_AFTER_MS = 1_000;

export interface ServeParts {
  readonly agent: Pick<Agent, 'authorize'>;
  readonly provided: ReadonlyMap<string, Provided>;
  readonly intents: AnsweredIntents;
  readonly check: RequesterCheck;
  readonly onError: (error: Error) => void;
  readonly activity: Activity;
}

/** Runs what the peer at the other end asks for, until the link closes. */
export function serveExecutions(parts: ServeParts, linked: LinkedPeer): (message: ExecRequest) => void {
  const { link } = linked;
  const underWay = new Map<string, ServedExecution>();
  const answers = createRememberedAnswers();
  link.onStream((stream) => {
    const id = executionOf('input', stream.label);
    return id !== undefined && underWay.get(id)?.takeInput(stream) === true;
  });
  link.signal.addEventListener('abort', () => {
    for (const execution of underWay.values()) execution.abort(BonafideError.from(link.signal.reason));
  });
  const start = async (id: string, request: StartRequest): Promise<void> => {
    const execution = createServedExecution(linked, { executionId: id, ...request });
    underWay.set(id, execution);
    const { response, error } = await settle(parts, { request, execution, linked });
    underWay.delete(id);
    answers.settle(id, toResponse(id, response));
    execution.end(error);
    answer(linked, toResponse(id, response));
  };
  return ({ id, correlationId, request }) => {
    if (request.action === 'cancel') {
      return correlationId === undefined ? undefined : underWay.get(correlationId)?.abort(cancelled(request));
    }
    if (underWay.size >= MAX_UNDER_WAY && !underWay.has(id)) {
      return answer(linked, toResponse(id, toFailure(tooMany())));
    }
    const known = answers.begin(id);
    if (known === 'new') parts.activity.track(start(id, request));
    else if (known !== 'known') answer(linked, known);
  };
}

interface Serving {
  readonly request: StartRequest;
  readonly execution: ServedExecution;
  readonly linked: LinkedPeer;
}

interface Settled {
  readonly response: ExecResponse;
  readonly error?: BonafideError;
}

async function settle(parts: ServeParts, serving: Serving): Promise<Settled> {
  try {
    const { result, durationMs } = await serve(parts, serving);
    return { response: { status: 'success', result, durationMs } };
  } catch (error) {
    if (!BonafideError.is(error) || error.code === 'INTERNAL') parts.onError(toError(error));
    return { response: toFailure(error), error: BonafideError.from(error) };
  }
}

interface Outcome {
  readonly result: MessageJson;
  readonly durationMs: number;
}

async function serve(parts: ServeParts, { request, execution, linked }: Serving): Promise<Outcome> {
  const { identity } = linked;
  const { capability, intentId } = request;
  const { signal } = execution;
  parts.activity.assertOpen();
  await parts.check(identity);
  signal.throwIfAborted();
  const provided = find(parts.provided, capability);
  // The schema of the message says that these are JSON.
  const args = request.args as Readonly<Record<string, Json>>;
  const run = provided.prepare(args);
  const accepted = acceptedIntent(parts, { provided, request, did: identity.did });
  provided.slots.assertRoom();
  const { risk } = provided.capability;
  const grant = await permitServing(parts.agent, {
    from: identity,
    capability,
    args,
    intentId,
    risk,
    signal,
  });
  let durationMs = 0;
  const result = await runReported({ grant, onError: parts.onError }, async () => {
    const release = await provided.slots.take(signal);
    const startedAt = performance.now();
    // A handler that ignores its signal holds its slot until it returns.
    const running = invoke(() => {
      execution.respond({ status: 'accepted' });
      return run(execution.toBase(accepted));
    }).finally(release);
    const value = await untilAborted(running, signal);
    durationMs = performance.now() - startedAt;
    return provided.toResult(value);
  });
  return { result, durationMs };
}

async function invoke(run: () => unknown): Promise<unknown> {
  return run();
}

function find(provided: ServeParts['provided'], capability: string): Provided {
  const found = provided.get(capability);
  if (found) return found;
  throw new BonafideError('NOT_FOUND', `The peer does not offer '${capability}'.`);
}

function acceptedIntent(
  { intents }: ServeParts,
  asked: { readonly provided: Provided; readonly request: StartRequest; readonly did: string },
) {
  const { intentId, capability } = asked.request;
  if (intentId !== undefined) return intents.accepted(asked.did, { intentId, capability });
  if (!asked.provided.capability.needsIntent) return undefined;
  throw new BonafideError('CONFLICT', `'${capability}' runs only under an accepted intent: send one first.`);
}

async function untilAborted<Value>(running: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([running, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function answer({ link }: LinkedPeer, message: PeerMessageOf<'EXEC_RESPONSE'>): void {
  const { correlationId = '' } = message;
  sendAnswer(link, { message, toFailure: (error) => toResponse(correlationId, toFailure(error)) });
}

function toFailure(error: unknown): ExecResponse {
  return { status: 'error', problem: toPeerProblem(error) };
}

function tooMany(): RateLimitError {
  const message = `More than ${MAX_UNDER_WAY} executions of one peer are under way.`;
  return new RateLimitError(message, { retryAfterMs: RETRY_AFTER_MS });
}

function cancelled({ reason }: { readonly reason?: string | undefined }): BonafideError {
  return new BonafideError('CONFLICT', reason ? `Cancelled: ${reason}` : 'The execution was cancelled.');
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : BonafideError.from(error);
}
