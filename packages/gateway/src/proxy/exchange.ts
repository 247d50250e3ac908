import { BonafideError, type errorCodes, TimeoutError } from '@bonafide/core/errors';
import { fromProblem, type Problem, toProblem } from '@bonafide/core/problem';
import type {
  AbortFrame,
  ChunkFrame,
  FinishFrame,
  MoreFrame,
  RequestFrame,
  ResponseFrame,
} from '@bonafide/core/protocol';
import { toCallerHeaders } from './headers.ts';
import { lengthOfChunk, parseResponseHead } from './heads.ts';

type Unnumbered<Frame> = Frame extends unknown ? Omit<Frame, 'n'> : never;

/** A frame of an exchange; its number is that of the leg on which it travels. */
export type ExchangeFrame = Unnumbered<
  RequestFrame | ResponseFrame | ChunkFrame | FinishFrame | AbortFrame | MoreFrame
>;

/** The way to one of both ends. */
export interface Leg {
  send(frame: ExchangeFrame, body?: string): void;
}

/** One HTTP exchange between a client and a service. It lives here alone: nothing of it is stored or repeated. */
export interface Exchange {
  fromClient(frame: ExchangeFrame, body: string): void;
  fromService(frame: ExchangeFrame, body: string): void;
  /** Ends it for both. */
  abort(error: BonafideError): void;
}

/** Bytes that may be under way to a reader that has taken none of them. */
export const WINDOW_BYTES = 262_144;
const MAX_BODY_BYTES = 64 * 1024 * 1024;
const MAX_DETAIL_LENGTH = 500;

export interface ExchangeOptions {
  readonly client: Leg;
  readonly service: Leg;
  /** Of the request. */
  readonly hasBody: boolean;
  readonly timeoutMs: number;
  /** Called once, when neither side has anything more to say. */
  readonly onEnd: () => void;
}

/**
 * Pairs both ends. A sender has credit for what its reader took, so nothing is held here and a slow reader slows its sender;
 * who sends more than its credit breaks the exchange.
 */
export function createExchange({ client, service, hasBody, timeoutMs, onEnd }: ExchangeOptions): Exchange {
  const upload = createFlow('request', service);
  const download = createFlow('response', client);
  let isOver = false;
  let isAnswered = false;
  if (hasBody) upload.open();

  const end = () => {
    isOver = true;
    clearTimeout(deadline);
    onEnd();
  };
  const abort = (error: BonafideError) => {
    if (isOver) return;
    end();
    const problem = toProblem(error);
    client.send({ t: 'abort', problem });
    service.send({ t: 'abort', problem });
  };
  const deadline = setTimeout(() => {
    abort(new TimeoutError(`The service was not done within ${timeoutMs} ms. What it did is unknown.`));
  }, timeoutMs).unref();

  const answer = (frame: ExchangeFrame) => {
    if (isAnswered) throw broken('a second response');
    isAnswered = true;
    const { status, headers, hasBody: hasAnswerBody } = parseResponseHead(frame);
    client.send({ t: 'response', status, headers: toCallerHeaders(headers), hasBody: hasAnswerBody });
    if (hasAnswerBody) download.open();
    else end();
  };
  const give = (frame: ExchangeFrame, leg: Leg) => {
    end();
    leg.send({ t: 'abort', problem: cleanProblem(frame) });
  };
  /** What the other side did wrong ends the exchange, and nothing else of its session. */
  const guarded = (work: () => void) => {
    if (isOver) return;
    try {
      work();
    } catch (error) {
      abort(BonafideError.from(error));
    }
  };

  return {
    abort,
    fromClient: (frame, body) =>
      guarded(() => {
        if (frame.t === 'chunk') upload.pass(body);
        else if (frame.t === 'finish') upload.finish();
        else if (frame.t === 'more') download.grant(frame.count, service);
        else if (frame.t === 'abort') give(frame, service);
        else throw broken(`a ${frame.t} of the client`);
      }),
    fromService: (frame, body) =>
      guarded(() => {
        if (frame.t === 'response') answer(frame);
        else if (frame.t === 'chunk') download.pass(body);
        else if (frame.t === 'finish') {
          download.finish();
          end();
        } else if (frame.t === 'more') upload.grant(frame.count, client);
        else if (frame.t === 'abort') give(frame, client);
        else throw broken(`a ${frame.t} of the service`);
      }),
  };
}

/** One of both bodies, on its way to its reader. */
function createFlow(name: string, reader: Leg) {
  let isOpen = false;
  let credit = WINDOW_BYTES;
  let total = 0;
  const assertOpen = () => {
    if (!isOpen) throw broken(`a ${name} body where there is none`);
  };
  return {
    open() {
      isOpen = true;
    },
    pass(body: string) {
      assertOpen();
      const bytes = lengthOfChunk(body);
      if (bytes > credit) throw broken(`more of the ${name} body than there was credit for`);
      credit -= bytes;
      total += bytes;
      if (total > MAX_BODY_BYTES) {
        throw new BonafideError('PAYLOAD_TOO_LARGE', `A ${name} body has at most ${MAX_BODY_BYTES} bytes.`);
      }
      reader.send({ t: 'chunk' }, body);
    },
    finish() {
      assertOpen();
      isOpen = false;
      reader.send({ t: 'finish' });
    },
    /** Tells the sender what its reader took; a body that is complete needs no more. */
    grant(count: number, sender: Leg) {
      if (!Number.isSafeInteger(count) || count < 1 || credit + count > WINDOW_BYTES) {
        throw broken(`credit for the ${name} body that nobody used`);
      }
      credit += count;
      if (isOpen) sender.send({ t: 'more', count });
    },
  };
}

/** The problem that one side gives, as the other may see it: known codes, and not too long. */
function cleanProblem(frame: ExchangeFrame): Problem {
  const given: Partial<Problem> =
    'problem' in frame && typeof frame.problem === 'object' ? { ...frame.problem } : {};
  const { code, message } = fromProblem({
    code: given.code as keyof typeof errorCodes,
    detail: given.detail as string,
  });
  return toProblem(new BonafideError(code, message.slice(0, MAX_DETAIL_LENGTH)));
}

function broken(what: string): BonafideError {
  return new BonafideError('VALIDATION_FAILED', `The exchange was broken by ${what}.`);
}
