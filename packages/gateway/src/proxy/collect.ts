import { BonafideError } from '@bonafide/core/errors';
import { fromProblem } from '@bonafide/core/problem';
import type { OnBehalf } from '../grants/on-behalf.ts';
import type { Place } from '../sessions/place.ts';
import { type ExchangeFrame, WINDOW_BYTES } from './exchange.ts';
import type { Exchanges } from './exchanges.ts';
import { type HeaderList, lengthOfChunk, type RequestHead } from './heads.ts';

/** Of an answer that is given as a whole: about what a request may hold. */
const MAX_ANSWER_BYTES = 1_048_576;
const CHUNK_BYTES = 65_536;

export interface WholeRequest {
  readonly caller: Place;
  readonly head: RequestHead;
  readonly onBehalf: OnBehalf | undefined;
  readonly body: Uint8Array;
  /** Ends when the caller goes away. */
  readonly signal: AbortSignal;
}

export interface WholeAnswer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Buffer;
}

/** Sends one request and resolves with the whole answer; PAYLOAD_TOO_LARGE for one that only a session can take. */
export function requestWhole(exchanges: Exchanges, request: WholeRequest): Promise<WholeAnswer> {
  const { caller, head, onBehalf, body, signal } = request;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let answer: { readonly status: number; readonly headers: HeaderList } | undefined;
    let received = 0;
    let sent = 0;
    let credit = WINDOW_BYTES;

    const leave = () => {
      exchange.abort(new BonafideError('CONNECTION_FAILED', 'The caller went away.'));
      reject(new BonafideError('CONNECTION_FAILED', 'The caller went away.'));
    };
    const done = () => {
      if (answer) resolve({ ...answer, body: Buffer.concat(chunks) });
    };
    const upload = () => {
      while (sent < body.length && credit > 0) {
        const part = body.subarray(sent, sent + Math.min(CHUNK_BYTES, credit));
        sent += part.length;
        credit -= part.length;
        exchange.fromClient({ t: 'chunk' }, `"${Buffer.from(part).toString('base64')}"`);
        if (sent === body.length) exchange.fromClient({ t: 'finish' }, '');
      }
    };
    const take = (text: string) => {
      const count = lengthOfChunk(text);
      received += count;
      if (received > MAX_ANSWER_BYTES) {
        const why = `A whole answer has at most ${MAX_ANSWER_BYTES} bytes: stream it over a session.`;
        exchange.abort(new BonafideError('PAYLOAD_TOO_LARGE', why));
        return;
      }
      chunks.push(Buffer.from(text.slice(1, -1), 'base64'));
      exchange.fromClient({ t: 'more', count }, '');
    };
    const receive = (frame: ExchangeFrame, text = '') => {
      if (frame.t === 'response') {
        answer = { status: frame.status, headers: frame.headers.map(([name, value]) => [name, value]) };
        if (!frame.hasBody) done();
      } else if (frame.t === 'chunk') take(text);
      else if (frame.t === 'finish') done();
      else if (frame.t === 'abort') reject(fromProblem(frame.problem));
      else if (frame.t === 'more') {
        credit += frame.count;
        upload();
      }
    };
    const exchange = exchanges.open({
      ...{ caller, head, onBehalf, client: { send: receive } },
      onEnd: () => signal.removeEventListener('abort', leave),
    });
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
    else upload();
  });
}
