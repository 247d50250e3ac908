import { type BonafideError, ConnectionError } from '../errors.ts';
import { fromProblem, type Problem, toProblem } from '../problem.ts';
import type { GatewayFrameOf, SessionLink } from './link.ts';
import { parseServiceUrl, pathOf, type ServiceTarget, toRequestUrl, toServiceUrl } from './proxy-address.ts';
import { BodyReceiver, BodySender } from './proxy-body.ts';

/** What fetch takes, and what only a service can be asked. */
export interface ServiceRequestInit extends RequestInit {
  /** For the whole exchange, up to 3,600,000; default 300,000. */
  readonly timeoutMs?: number | undefined;
  /** To act for a user, within this grant. */
  readonly grantId?: string | undefined;
}

/** `fetch` for services: fits wherever a library takes its own `fetch`. */
export type ServiceFetch = (input: RequestInfo | URL, init?: ServiceRequestInit) => Promise<Response>;

type ExchangeFrame = GatewayFrameOf<'response' | 'chunk' | 'finish' | 'abort' | 'more' | 'problem'>;

const DEFAULT_TIMEOUT_MS = 300_000;
/** No body may come with these (Fetch standard, null body status). */
const EMPTY: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * A `fetch` to one service, whatever the host of its URLs: for clients that insist on a base URL, such as
 * `http://ignored/v1/`.
 */
export function createServiceFetch(
  session: { readonly fetch: ServiceFetch },
  address: string,
  defaults: Pick<ServiceRequestInit, 'timeoutMs' | 'grantId'> = {},
): ServiceFetch {
  return (input, init) => {
    if (!(input instanceof Request)) {
      return session.fetch(toServiceUrl(address, pathOf(String(input))), { ...defaults, ...init });
    }
    const request = init === undefined ? input : new Request(input, init);
    const { method, headers, body, signal } = request;
    const rest = { method, headers, body, signal, duplex: 'half' } as RequestInit;
    const { timeoutMs, grantId } = init ?? {};
    return session.fetch(toServiceUrl(address, pathOf(request.url)), {
      ...defaults,
      timeoutMs,
      grantId,
      ...rest,
    });
  };
}

/** The `fetch` of a session: requests that were cut off fail, and are never sent again. Redirects are given as they are. */
export function createProxyClient(link: SessionLink): ServiceFetch {
  const underWay = new Map<number, ClientExchange>();
  link.onFrame(['response', 'chunk', 'finish', 'abort', 'more', 'problem'], (frame, body) =>
    underWay.get(frame.n)?.onFrame(frame, body),
  );
  link.onDisconnect(({ error }) => {
    const lost = new ConnectionError('The connection was lost: what became of the request is unknown.', {
      cause: error,
    });
    for (const exchange of [...underWay.values()]) exchange.fail(failure(lost));
  });
  return async (input, init = {}) => {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, grantId, ...rest } = init;
    const target = parseTarget(input);
    const request =
      input instanceof Request ? new Request(input, rest) : new Request(toRequestUrl('/'), withDuplex(rest));
    request.signal.throwIfAborted();
    const n = link.nextNumber();
    const exchange = new ClientExchange(link, { n, onEnd: () => underWay.delete(n) });
    underWay.set(n, exchange);
    return exchange.start({ ...target, request, timeoutMs, grantId });
  };
}

interface Outgoing extends ServiceTarget {
  readonly request: Request;
  readonly timeoutMs: number;
  readonly grantId: string | undefined;
}

class ClientExchange {
  readonly #link: SessionLink;
  readonly #n: number;
  readonly #onEnd: () => void;
  readonly #sender = new BodySender();
  readonly #receiver: BodyReceiver;
  readonly #answer = Promise.withResolvers<Response>();
  #isOver = false;
  #release = () => {};

  constructor(link: SessionLink, { n, onEnd }: { readonly n: number; readonly onEnd: () => void }) {
    this.#link = link;
    this.#n = n;
    this.#onEnd = onEnd;
    this.#receiver = new BodyReceiver({
      onTaken: (count) => this.#link.sendFrame({ t: 'more', n, count }),
      onCancel: () => this.#leave(),
    });
  }

  start({ to, path, request, timeoutMs, grantId }: Outgoing): Promise<Response> {
    const { signal, method, body } = request;
    const onAbort = () => {
      this.#giveUp();
      this.fail(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#release = () => signal.removeEventListener('abort', onAbort);
    const head = { to, method, path, headers: [...request.headers], timeoutMs, hasBody: body !== null };
    const grant = grantId === undefined ? {} : { grant: grantId };
    if (this.#link.sendFrame({ t: 'request', n: this.#n, ...head, ...grant })) void this.#upload(body);
    else this.fail(failure(new ConnectionError('The session is not connected. Nothing was sent.')));
    return this.#answer.promise;
  }

  onFrame(frame: ExchangeFrame, body: string): void {
    switch (frame.t) {
      case 'response':
        this.#respond(frame);
        break;
      case 'chunk':
        this.#receiver.push(body);
        break;
      case 'more':
        this.#sender.grant(frame.count);
        break;
      case 'finish':
        this.#receiver.end();
        this.#end();
        break;
      default:
        this.fail(failure(fromProblem(frame.problem)));
    }
  }

  fail(error: unknown): void {
    if (this.#isOver) return;
    this.#end();
    this.#answer.reject(error);
    this.#receiver.fail(error);
  }

  #respond({ status, headers, hasBody }: GatewayFrameOf<'response'>): void {
    const hasStream = hasBody && !EMPTY.has(status);
    const init = { status, headers: headers.map(([name, value]): [string, string] => [name, value]) };
    this.#answer.resolve(new Response(hasStream ? this.#receiver.stream : null, init));
    if (!hasBody) this.#end();
    else if (!hasStream) this.#leave();
  }

  async #upload(body: ReadableStream<Uint8Array> | null): Promise<void> {
    if (body === null) return;
    const n = this.#n;
    try {
      await this.#sender.send(body, {
        chunk: (text) => this.#link.sendFrame({ t: 'chunk', n }, text),
        finish: () => this.#link.sendFrame({ t: 'finish', n }),
      });
    } catch (error) {
      this.#giveUp();
      this.fail(error);
    }
  }

  /** The answer is here, and the rest of it is not wanted. */
  #leave(): void {
    this.#giveUp();
    this.#end();
  }

  #giveUp(): void {
    if (this.#isOver) return;
    this.#link.sendFrame({ t: 'abort', n: this.#n, problem: GIVEN_UP });
  }

  #end(): void {
    this.#isOver = true;
    this.#release();
    this.#sender.stop();
    this.#onEnd();
  }
}

const GIVEN_UP: Problem = toProblem(new ConnectionError('The caller gave the request up.'));

function parseTarget(input: RequestInfo | URL): ServiceTarget {
  return parseServiceUrl(input instanceof Request ? input.url : String(input));
}

/** As fetch fails, with our error as the cause. */
function failure(cause: BonafideError): TypeError {
  return new TypeError(`fetch failed: ${cause.message}`, { cause });
}

function withDuplex(init: RequestInit): RequestInit {
  // What a stream as body needs; the types of some runtimes do not know it yet.
  return { duplex: 'half', ...init } as RequestInit;
}
