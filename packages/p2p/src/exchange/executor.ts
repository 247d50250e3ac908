import { type Agent, BonafideError, type CallOptions, type Grant, TimeoutError } from '@bonafide/core';
import type { PeerMessageOf } from '@bonafide/core/models';
import type { LinkedPeer } from '../connection/connector.ts';
import type { Link } from '../link/link.ts';
import { checkMessage } from './check-message.ts';
import { type AskedExecution, createAskedExecution } from './execution.ts';
import { newMessageId } from './message-id.ts';
import { runReported } from './report-outcome.ts';
import { sendOrClose } from './send-answer.ts';
import { executionOf } from './stream-labels.ts';
import type { Execution, ExecutionRequest, Json } from './types.ts';

type ExecRequest = PeerMessageOf<'EXEC_REQUEST'>;
type StartRequest = Extract<ExecRequest['request'], { readonly action: 'start' }>;

const DEFAULT_TIMEOUT_MS = 60_000;
/** Ended executions whose streams may still be read. */
const MAX_UNREAD = 32;
const LONGEST_REASON = 500;

const streamKinds = ['output', 'chunks'] as const;

/** Has the peer at the other end execute. */
export interface Executor {
  execute(request: ExecutionRequest, options: CallOptions): Execution;
  /** Permission was asked before. */
  executePermitted(request: ExecutionRequest, options: CallOptions): Execution;
  onResponse(message: PeerMessageOf<'EXEC_RESPONSE'>): void;
}

interface ExecutorParts {
  readonly linked: LinkedPeer;
  readonly agent: Pick<Agent, 'authorize'>;
  readonly onError: (error: Error) => void;
}

interface Asked extends Pick<Started, 'giveUp'> {
  readonly execution: AskedExecution;
}

type Permit = (request: StartRequest, options: CallOptions) => Promise<Grant | undefined>;

export function createExecutor({ linked, agent, onError }: ExecutorParts): Executor {
  const { link, identity } = linked;
  const asked = new Map<string, Asked>();
  const keep = createKeeper();
  link.onStream((stream) =>
    streamKinds.some((kind) => {
      const id = executionOf(kind, stream.label);
      return id !== undefined && asked.get(id)?.execution.takeStream(kind, stream) === true;
    }),
  );
  link.signal.addEventListener('abort', () => {
    for (const { giveUp } of asked.values()) giveUp(link.signal.reason);
  });
  const start = (request: ExecutionRequest, options: CallOptions, permit: Permit): Execution => {
    const executionId = newMessageId();
    const onBroken = (error: BonafideError): void => asked.get(executionId)?.giveUp(error);
    const execution = createAskedExecution({ link, executionId, did: identity.did, onBroken });
    const started = run({ link, executionId, execution, permit, onError }, { request, options });
    asked.set(executionId, { execution, giveUp: started.giveUp });
    const result = started.result.finally(() => asked.delete(executionId));
    result.then(() => keep(execution), ignore);
    const cancel = (reason?: string): void => started.giveUp(cancelled(reason));
    return { executionId, ...execution.reads, ...execution.writes, result, cancel };
  };
  const permit: Permit = ({ capability, args, intentId }, { signal, timeoutMs }) => {
    const given = {
      ...(intentId !== undefined && { intentId }),
      ...(timeoutMs !== undefined && { timeoutMs }),
    };
    const parameters = { did: identity.did, capability, args, ...given };
    return agent.authorize({ action: 'peers.execute', parameters, risk: 'medium' }, { signal });
  };
  return {
    execute: (request, options) => start(request, options, permit),
    executePermitted: (request, options) => start(request, options, async () => undefined),
    onResponse({ correlationId = '', response }) {
      asked.get(correlationId)?.execution.respond(response);
    },
  };
}

interface Run {
  readonly link: Link;
  readonly executionId: string;
  readonly execution: AskedExecution;
  readonly permit: Permit;
  readonly onError: (error: Error) => void;
}

interface Started {
  readonly result: Promise<Json>;
  giveUp(reason: unknown): void;
}

function run(
  { link, executionId, execution, permit, onError }: Run,
  { request, options }: { readonly request: ExecutionRequest; readonly options: CallOptions },
): Started {
  const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const ending = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const giveUp = (reason: unknown): void => {
    if (isOver || ending.signal.aborted) return;
    const error = toFailure(reason);
    ending.abort(error);
    if (timer !== undefined) tellCancelled(link, { executionId, reason: error.message });
    execution.fail(error);
  };
  const onAbort = (): void => giveUp(signal?.reason);
  const ask = async (): Promise<Json> => {
    if (signal?.aborted) throw toFailure(signal.reason);
    const message = toMessage(executionId, { ...request, timeoutMs });
    const { signal: ended } = ending;
    const grant = await permit(message.request, { signal: ended, timeoutMs: options.timeoutMs });
    return runReported({ grant, onError }, async () => {
      ended.throwIfAborted();
      link.send(message);
      timer = setTimeout(() => giveUp(outOfTime(timeoutMs)), timeoutMs);
      execution.begin();
      return execution.settled;
    });
  };
  const end = (): void => {
    isOver = true;
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  const result = ask().catch((cause: unknown) => {
    const error = BonafideError.from(cause);
    execution.fail(error);
    throw error;
  });
  return { result: result.finally(end), giveUp };
}

function toMessage(id: string, { args = {}, intentId, ...rest }: ExecutionRequest & { timeoutMs: number }) {
  const named = intentId === undefined ? {} : { intentId };
  // The schema of the message says whether they are JSON.
  const start = { action: 'start' as const, ...rest, args: args as StartRequest['args'], ...named };
  return checkMessage({ type: 'EXEC_REQUEST' as const, id, request: start });
}

function tellCancelled(
  link: Link,
  { executionId, reason }: { readonly executionId: string; readonly reason: string },
): void {
  if (link.state === 'closed') return;
  const request = { action: 'cancel' as const, reason: reason.slice(0, LONGEST_REASON) };
  sendOrClose(link, { type: 'EXEC_REQUEST', id: newMessageId(), correlationId: executionId, request });
}

/** Lets go of what ended long ago and was never read. */
function createKeeper(): (execution: AskedExecution) => void {
  const unread = new Set<AskedExecution>();
  return (execution) => {
    const [oldest] = unread.add(execution);
    if (unread.size <= MAX_UNREAD || !oldest) return;
    unread.delete(oldest);
    oldest.dropUnread(new BonafideError('LIMIT_EXCEEDED', 'This was not read for too long.'));
  };
}

/** Signals are aborted with anything. */
function toFailure(reason: unknown): BonafideError {
  if (BonafideError.is(reason)) return reason;
  if (reason instanceof Error && reason.name === 'TimeoutError') {
    return new TimeoutError('The execution took longer than its caller waits.', { cause: reason });
  }
  return cancelled(undefined, reason);
}

function cancelled(reason: string | undefined, cause?: unknown): BonafideError {
  return new BonafideError('CONFLICT', reason ? `Cancelled: ${reason}` : 'The execution was cancelled.', {
    cause,
  });
}

function outOfTime(timeoutMs: number): TimeoutError {
  return new TimeoutError(`The execution took longer than the ${timeoutMs} ms it was given.`);
}

function ignore(): void {
  // Whoever waits for the result is told.
}
