import { BonafideError, ConnectionError } from '../errors.ts';
import { fromProblem, toProblem } from '../problem.ts';
import type { GatewayFrameOf, SessionLink } from './link.ts';
import { toRequestUrl } from './proxy-address.ts';
import { BodyReceiver, BodySender } from './proxy-body.ts';
import { forwardTo } from './proxy-forward.ts';
import type { ServiceHandler } from './types.ts';

type RequestFrame = GatewayFrameOf<'request'>;
type ExchangeFrame = GatewayFrameOf<'chunk' | 'finish' | 'abort' | 'more'>;

/** The `serve` of a session: what the gateway asks with numbers of its own is answered by the handler there is now. */
export function createProxyServer(link: SessionLink): (handler: ServiceHandler | URL) => Disposable {
  const underWay = new Map<number, ServiceExchange>();
  let serving: { readonly handler: ServiceHandler } | undefined;

  link.onFrame(['request'], (frame) => {
    const { n } = frame;
    const exchange = new ServiceExchange(link, { n, onEnd: () => underWay.delete(n) });
    underWay.set(n, exchange);
    if (serving) void exchange.answer(frame, serving.handler);
    else exchange.refuse(new BonafideError('UNAVAILABLE', `${frame.to} answers no HTTP now.`));
  });
  link.onFrame(['chunk', 'finish', 'abort', 'more'], (frame, body) =>
    underWay.get(frame.n)?.onFrame(frame, body),
  );
  link.onDisconnect(() => {
    const lost = new ConnectionError('The connection to the gateway was lost.');
    for (const exchange of [...underWay.values()]) exchange.stop(lost);
  });

  return (handler) => {
    if (serving) throw new BonafideError('CONFLICT', 'This session serves already: dispose of that first.');
    const mine = { handler: handler instanceof URL ? forwardTo(handler) : handler };
    serving = mine;
    return {
      [Symbol.dispose]() {
        if (serving === mine) serving = undefined;
      },
    };
  };
}

class ServiceExchange {
  readonly #link: SessionLink;
  readonly #n: number;
  readonly #onEnd: () => void;
  readonly #ended = new AbortController();
  readonly #sender = new BodySender();
  readonly #receiver: BodyReceiver;
  #isOver = false;

  constructor(link: SessionLink, { n, onEnd }: { readonly n: number; readonly onEnd: () => void }) {
    this.#link = link;
    this.#n = n;
    this.#onEnd = onEnd;
    this.#receiver = new BodyReceiver({
      onTaken: (count) => this.#link.sendFrame({ t: 'more', n, count }),
      onCancel: () => undefined,
    });
  }

  onFrame(frame: ExchangeFrame, body: string): void {
    if (frame.t === 'chunk') this.#receiver.push(body);
    else if (frame.t === 'finish') this.#receiver.end();
    else if (frame.t === 'more') this.#sender.grant(frame.count);
    else this.stop(fromProblem(frame.problem));
  }

  async answer(frame: RequestFrame, handler: ServiceHandler): Promise<void> {
    try {
      await this.#send(await this.#respond(frame, handler), frame.method);
      this.#end(new BonafideError('CONFLICT', 'The request was answered already.'));
    } catch (error) {
      if (this.#isOver) return;
      this.#link.reportError(error);
      this.refuse(new BonafideError('INTERNAL', 'The service failed while it answered.'));
    }
  }

  /** Gives it up for the caller, too. */
  refuse(error: BonafideError): void {
    if (this.#isOver) return;
    this.#link.sendFrame({ t: 'abort', n: this.#n, problem: toProblem(error) });
    this.#end(error);
  }

  /** The caller or the gateway gave it up. */
  stop(error: BonafideError): void {
    if (!this.#isOver) this.#end(error);
  }

  /** What a handler throws is a response, as from any server, that says nothing of why. */
  async #respond(
    { method, path, headers, hasBody }: RequestFrame,
    handler: ServiceHandler,
  ): Promise<Response> {
    const request = new Request(toRequestUrl(path), {
      ...{ method, headers: headers.map(([name, value]): [string, string] => [name, value]) },
      ...(hasBody ? { body: this.#receiver.stream, duplex: 'half' } : {}),
      signal: this.#ended.signal,
    } as RequestInit);
    try {
      return await handler(request);
    } catch (error) {
      if (!this.#isOver) this.#link.reportError(error);
      return Response.json(toProblem(BonafideError.from(error)), {
        status: 500,
        headers: { 'content-type': 'application/problem+json' },
      });
    }
  }

  async #send({ status, headers, body }: Response, method: string): Promise<void> {
    if (this.#isOver) {
      await body?.cancel();
      return;
    }
    const n = this.#n;
    const stream = method === 'HEAD' ? null : body;
    this.#link.sendFrame({ t: 'response', n, status, headers: [...headers], hasBody: stream !== null });
    if (stream === null) {
      await body?.cancel();
      return;
    }
    await this.#sender.send(stream, {
      chunk: (text) => this.#link.sendFrame({ t: 'chunk', n }, text),
      finish: () => this.#link.sendFrame({ t: 'finish', n }),
    });
  }

  #end(reason: BonafideError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onEnd();
    this.#sender.stop();
    this.#receiver.fail(reason);
    this.#ended.abort(reason);
  }
}
