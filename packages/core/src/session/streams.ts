import { BonafideError, TimeoutError } from '../errors.ts';
import { parseInput, parseOutput } from '../operations/validate.ts';
import type { EndFrame, ItemFrame, ProblemFrame, ResetFrame } from '../protocol/frames.ts';
import { startDeadline } from '../transport/deadline.ts';
import { problemToError } from '../transport/response-error.ts';
import type { StreamCall } from '../transport/sse.ts';
import { backoffMs, type Transport } from '../transport/transport.ts';
import type { SessionLink } from './link.ts';

/** Items that may come before the reader took them; asked for again by halves. */
const CREDIT = 64;
/** Failures in a row after which a stream that worked before is given up. */
const RESUME_LIMIT = 20;

type StreamFrame = ItemFrame | ResetFrame | EndFrame | ProblemFrame;
type Arrived = { readonly frame: StreamFrame; readonly body: string };

/** Streams of operations over a session; each goes on from its cursor after a lost connection. */
export class Streams {
  readonly #link: SessionLink;
  readonly #transport: Transport;
  readonly #open = new Map<number, SessionStream>();

  constructor(link: SessionLink, transport: Transport) {
    this.#link = link;
    this.#transport = transport;
    link.onFrame(['item', 'reset', 'end', 'problem'], (frame, body) =>
      this.#open.get(frame.n)?.onFrame({ frame, body }),
    );
    link.onConnect(() => {
      for (const stream of [...this.#open.values()]) stream.ask();
    });
  }

  stream(call: StreamCall): AsyncIterable<unknown> {
    return { [Symbol.asyncIterator]: () => this.#iterate(call) };
  }

  #iterate(call: StreamCall): AsyncIterator<unknown> {
    const closing = new AbortController();
    const shared = { link: this.#link, transport: this.#transport, numbers: this.#open };
    const items = new SessionStream({ ...call, closed: closing.signal }, shared).read();
    return {
      next: () => items.next(),
      return: (value?: unknown) => {
        // A generator would queue this behind a read that may never end.
        closing.abort();
        return items.return(value);
      },
    };
  }
}

interface Shared {
  readonly link: SessionLink;
  readonly transport: Transport;
  readonly numbers: Map<number, SessionStream>;
}

class SessionStream {
  readonly #call: StreamCall & { readonly closed: AbortSignal };
  readonly #shared: Shared;
  readonly #arrived: Arrived[] = [];
  #wake: (() => void) | undefined;
  #input = '';
  #n = 0;
  #cursor: string | undefined;
  #taken = 0;
  #failures = 0;
  #hasWorked = false;

  constructor(call: StreamCall & { readonly closed: AbortSignal }, shared: Shared) {
    this.#call = call;
    this.#shared = shared;
  }

  onFrame(arrived: Arrived): void {
    this.#arrived.push(arrived);
    this.#wake?.();
  }

  /** Under a new number each time, so that what an earlier connection still had is no item of this one. */
  ask(): void {
    const { link, numbers } = this.#shared;
    numbers.delete(this.#n);
    this.#n = link.nextNumber();
    numbers.set(this.#n, this);
    // What came before and was not taken is asked for again, behind the cursor.
    this.#arrived.length = 0;
    this.#taken = 0;
    const cursor = this.#cursor === undefined ? {} : { cursor: this.#cursor };
    const { id: op } = this.#call.operation;
    link.sendFrame({ t: 'open', n: this.#n, op, ...cursor, credit: CREDIT }, this.#input);
  }

  async *read(): AsyncGenerator<unknown, unknown, undefined> {
    const { operation, timeoutMs, signal, closed } = this.#call;
    const { link, numbers } = this.#shared;
    this.#input = JSON.stringify(parseInput(operation, this.#call.input));
    const deadline = startDeadline({
      timeoutMs,
      signals: [signal, closed, link.signal],
      reason: () => new TimeoutError(`${operation.id} was not over within ${timeoutMs} ms.`),
    });
    const onAbort = (): void => this.#wake?.();
    deadline.signal.addEventListener('abort', onAbort);
    let isOver = false;
    try {
      deadline.signal.throwIfAborted();
      this.ask();
      yield* this.#follow(deadline.signal);
      isOver = true;
    } catch (error) {
      if (!closed.aborted) throw error;
    } finally {
      deadline.signal.removeEventListener('abort', onAbort);
      deadline.end();
      numbers.delete(this.#n);
      if (!isOver) link.sendFrame({ t: 'cancel', n: this.#n });
    }
    return undefined;
  }

  async *#follow(signal: AbortSignal): AsyncGenerator<unknown> {
    for (;;) {
      const arrived = await this.#next(signal);
      const { frame } = arrived;
      if (frame.t === 'end') return;
      if (frame.t === 'problem') await this.#recover(problemToError(frame.problem), signal);
      else if (frame.t === 'reset') this.#onReset(frame);
      else yield this.#toItem(frame, arrived.body);
    }
  }

  async #next(signal: AbortSignal): Promise<Arrived> {
    for (;;) {
      signal.throwIfAborted();
      const arrived = this.#arrived.shift();
      if (arrived) return arrived;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  #toItem({ n, id }: ItemFrame, body: string): unknown {
    this.#failures = 0;
    this.#hasWorked = true;
    const item = parseOutput(this.#call.operation, JSON.parse(body));
    if (id !== undefined) this.#cursor = id;
    this.#taken += 1;
    if (this.#taken >= CREDIT / 2) {
      this.#shared.link.sendFrame({ t: 'more', n, count: this.#taken });
      this.#taken = 0;
    }
    return item;
  }

  #onReset({ oldest }: ResetFrame): void {
    const { operation, onGap } = this.#call;
    if (onGap) {
      onGap({ oldest });
      return;
    }
    const message = `${operation.id} has a gap: events after your cursor are no longer kept. Read the state anew.`;
    throw new BonafideError('EXPIRED', message, { details: { oldest } });
  }

  async #recover(error: BonafideError, signal: AbortSignal): Promise<void> {
    const { transport } = this.#shared;
    const limit = this.#hasWorked ? RESUME_LIMIT : transport.retry.limit;
    if (!error.retryable || this.#failures >= limit) throw error;
    const waitMs = backoffMs(transport, this.#failures);
    this.#failures += 1;
    const n = this.#n;
    const timer = setTimeout(() => {
      if (this.#n === n && !signal.aborted) this.ask();
    }, waitMs);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }
}
