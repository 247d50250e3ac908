import { BonafideError, ValidationError } from '@bonafide/core/errors';
import {
  findOperation,
  isQuery,
  parseInput,
  type RemoteOperation,
  type StreamOperation,
} from '@bonafide/core/operations';
import { toProblem } from '@bonafide/core/problem';
import { type CallFrame, type ClientFrame, encodeFrame, type OpenFrame } from '@bonafide/core/protocol';
import type { Logger } from 'pino';
import { actorOf } from '../context.ts';
import { parseIdempotencyKey, requestDigest } from '../http/answers.ts';
import type { Authenticator } from '../http/authenticate.ts';
import { type ExecuteOptions, type Execution, execute, openItems } from '../http/execute.ts';
import { takesSecret } from '../http/guesses.ts';
import { readFields } from '../http/input.ts';
import { toError } from '../http/problems.ts';
import type { RateLimiter } from '../http/rate-limit.ts';
import { networkOf } from '../http/remote-address.ts';
import { newId } from '../ids.ts';
import { type Credit, createCredit } from './credit.ts';
import type { Session, SessionExtension, SessionPart } from './session.ts';

/** What calls over sessions share with those over HTTP. */
export interface CallOptions extends ExecuteOptions {
  readonly authenticator: Authenticator;
  readonly principals: RateLimiter;
  readonly log: Logger;
}

/** Calls and streams that one session may have under way. */
const MAX_UNDER_WAY = 256;

/** Every operation, over a session. */
export function createCalls(options: CallOptions): SessionExtension {
  return {
    frames: ['call', 'open', 'more', 'cancel'],
    open: (session) => new Calls(session, options),
  };
}

interface Run {
  readonly ended: AbortController;
  readonly credit?: Credit;
}

class Calls implements SessionPart {
  readonly #session: Session;
  readonly #options: CallOptions;
  #runs: Map<number, Run> | undefined;

  constructor(session: Session, options: CallOptions) {
    this.#session = session;
    this.#options = options;
  }

  onFrame(frame: ClientFrame, body: string): void {
    switch (frame.t) {
      case 'call':
        void this.#call(frame, { body, run: this.#start(frame.n, { ended: new AbortController() }) });
        break;
      case 'open':
        this.#open(frame, body);
        break;
      case 'more':
        this.#runs?.get(frame.n)?.credit?.add(frame.count);
        break;
      case 'cancel':
        this.#runs?.get(frame.n)?.ended.abort();
        break;
    }
  }

  close(): void {
    const runs = this.#runs;
    this.#runs = undefined;
    for (const run of runs?.values() ?? []) run.ended.abort();
  }

  #start(n: number, run: Run): Run {
    if (!Number.isSafeInteger(n) || n < 1) throw invalid('n must be a positive whole number.');
    this.#runs ??= new Map();
    if (this.#runs.has(n)) throw invalid(`n ${n} is under way.`);
    if (this.#runs.size >= MAX_UNDER_WAY) {
      throw new BonafideError('LIMIT_EXCEEDED', `A session has at most ${MAX_UNDER_WAY} calls under way.`);
    }
    this.#runs.set(n, run);
    return run;
  }

  #end(n: number, run: Run): void {
    if (this.#runs?.get(n) === run) this.#runs.delete(n);
  }

  async #call(frame: CallFrame, { body, run }: { body: string; run: Run }): Promise<void> {
    const { n } = frame;
    await this.#attempt(frame, run, async (requestId) => {
      const execution = this.#admit(frame, { body, run, requestId, kind: 'remote' });
      const { body: output } = await execute(execution, this.#options);
      this.#session.write(encodeFrame({ t: 'result', n }, output));
    });
  }

  #open(frame: OpenFrame, body: string): void {
    const ended = new AbortController();
    const credit = createCredit(frame.credit, ended.signal);
    const run = this.#start(frame.n, { ended, credit });
    void this.#attempt(frame, run, (requestId) => this.#stream(frame, { body, run, requestId, credit }));
  }

  async #stream(
    frame: OpenFrame,
    { credit, ...rest }: { body: string; run: Run; requestId: string; credit: Credit },
  ): Promise<void> {
    const { n } = frame;
    const { ended } = rest.run;
    const execution = this.#admit(frame, { ...rest, kind: 'stream' });
    const { items, leave } = openItems(execution, { options: this.#options, ended: ended.signal });
    const { authenticator } = this.#options;
    try {
      // The source is asked for an item only when the reader has room for one.
      await credit.take();
      for await (const item of items) {
        if (ended.signal.aborted) break;
        authenticator.revalidate(this.#session.principal, execution.operation.access);
        if ('reset' in item) this.#session.write(encodeFrame({ t: 'reset', n, oldest: item.reset.oldest }));
        else this.#session.write(encodeFrame({ t: 'item', n, ...idOf(item) }, JSON.stringify(item.data)));
        await credit.take();
        if (ended.signal.aborted) break;
      }
      this.#session.write(encodeFrame({ t: 'end', n }));
    } finally {
      leave();
    }
  }

  /** Logs what became of it, and answers when it failed. */
  async #attempt(
    { n, op }: CallFrame | OpenFrame,
    run: Run,
    work: (requestId: string) => Promise<void>,
  ): Promise<void> {
    const { services, log } = this.#options;
    const session = this.#session;
    const startedAt = performance.now();
    const requestId = newId(services.now());
    let failed: BonafideError | undefined;
    try {
      await work(requestId);
    } catch (cause) {
      failed = toError(cause, { log, requestId });
      session.write(encodeFrame({ t: 'problem', n, problem: toProblem(failed, requestId) }));
    } finally {
      this.#end(n, run);
    }
    log.info({
      ...{
        requestId,
        operation: String(op).slice(0, 64),
        principal: session.actor,
        session: session.sessionId,
      },
      status: failed?.status ?? 200,
      ...(failed ? { code: failed.code } : {}),
      durationMs: Math.round((performance.now() - startedAt) * 1000) / 1000,
    });
  }

  /** Whether its owner may do this now, and not too often. */
  #admit(frame: CallFrame | OpenFrame, given: Given): Execution {
    const { authenticator, principals, guesses } = this.#options;
    const session = this.#session;
    const operation = operationOf(frame.op, given.kind);
    principals.take(session.actor);
    const current = authenticator.refresh(session.principal, operation.access);
    // As over HTTP: what is for everybody is done for nobody in particular.
    const principal = operation.access === 'public' ? ({ kind: 'anonymous' } as const) : current;
    const network = networkOf(session.connection.remoteAddress ?? '');
    if (takesSecret(operation, principal)) guesses.check(network);
    return {
      ...{ operation, requestId: given.requestId, principal, network, session },
      cursor: frame.t === 'open' ? frame.cursor : undefined,
      signal: () => given.run.ended.signal,
      readInput: () => parseInput(operation, readFields(given.body)),
      attempt: () => attemptOf(frame, { operation, actor: actorOf(principal), body: given.body }),
    };
  }
}

interface Given {
  readonly body: string;
  readonly run: Run;
  readonly requestId: string;
  readonly kind: 'remote' | 'stream';
}

function operationOf(id: unknown, kind: 'remote' | 'stream'): RemoteOperation | StreamOperation {
  const operation = typeof id === 'string' ? findOperation(id) : undefined;
  if (operation && operation.kind !== 'local' && operation.kind === kind) return operation;
  const way = kind === 'stream' ? 'opened' : 'called';
  throw new BonafideError(
    'UNSUPPORTED',
    `There is no operation ${String(id).slice(0, 64)} that can be ${way}.`,
  );
}

function attemptOf(
  frame: CallFrame | OpenFrame,
  { operation, actor, body }: { operation: RemoteOperation | StreamOperation; actor: string; body: string },
) {
  const given = frame.t === 'call' ? frame.key : undefined;
  if (given === undefined || isQuery(operation)) return undefined;
  const key = parseIdempotencyKey(String(given));
  if (key === undefined) return undefined;
  const digest = requestDigest({
    ...{ operation: operation.id, target: '/v1/session', contentDigest: undefined },
    body: Buffer.from(body),
  });
  return { principal: actor, key, digest };
}

function idOf({ id }: { readonly id?: string }): { id?: string } {
  return id === undefined ? {} : { id };
}

function invalid(message: string): ValidationError {
  return new ValidationError(message, { issues: [{ path: 'n', message }] });
}
