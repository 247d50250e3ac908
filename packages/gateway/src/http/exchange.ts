import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { BonafideError } from '@bonafide/core/errors';
import type { HeaderSource } from '@bonafide/core/identity';

/** Largest request body, in bytes: an artifact of 1 MiB in base64 with what surrounds it. */
export const MAX_BODY_BYTES = 1_572_864;

/** A request as it arrived, from a socket or from `fetch`. */
export interface IncomingCall {
  readonly method: string;
  /** The request target as sent: this is what is signed. */
  readonly target: string;
  readonly headers: HeaderSource;
  header(name: string): string | undefined;
  readonly remoteAddress: string | undefined;
  /** Ends when the caller goes away. */
  readonly signal: AbortSignal;
  /** The bytes as received; PAYLOAD_TOO_LARGE before they are all in memory. */
  readBody(): Promise<Buffer>;
}

export type ReplyHeaders = Readonly<Record<string, string>>;

export interface Reply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly body: string;
}

/** Where a stream is written; `write` resolves when the reader can take more. */
export interface StreamSink {
  write(text: string): Promise<void>;
  /** Closes once all that was written is sent. */
  end(): void;
  /** Closes at once, for a reader that takes nothing. */
  close(): void;
}

const EMPTY = Buffer.alloc(0);

export function nodeCall(incoming: IncomingMessage, outgoing: ServerResponse): IncomingCall {
  const headers: IncomingHttpHeaders = incoming.headers;
  let controller: AbortController | undefined;
  return {
    method: incoming.method ?? 'GET',
    target: incoming.url ?? '/',
    headers,
    header: (name) => {
      const value = headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    remoteAddress: incoming.socket.remoteAddress,
    get signal() {
      // Made on demand: only streams and slow handlers ask for it.
      if (!controller) {
        const made = new AbortController();
        outgoing.once('close', () => made.abort());
        if (outgoing.destroyed) made.abort();
        controller = made;
      }
      return controller.signal;
    },
    readBody: () => readNodeBody(incoming),
  };
}

function readNodeBody(incoming: IncomingMessage): Promise<Buffer> {
  const { headers } = incoming;
  if (Number(headers['content-length'] ?? 0) > MAX_BODY_BYTES) return Promise.reject(tooLarge());
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    return Promise.resolve(EMPTY);
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    incoming.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > MAX_BODY_BYTES) {
        incoming.pause();
        reject(tooLarge());
      } else chunks.push(chunk);
    });
    incoming.once('end', () => resolve(chunks.length === 1 ? (chunks[0] ?? EMPTY) : Buffer.concat(chunks)));
    incoming.once('close', () => {
      if (!incoming.complete) reject(cutOff());
    });
  });
}

export function fetchCall(request: Request): IncomingCall {
  const { pathname, search } = new URL(request.url);
  return {
    method: request.method,
    target: pathname + search,
    headers: request.headers,
    header: (name) => request.headers.get(name) ?? undefined,
    remoteAddress: undefined,
    signal: request.signal,
    readBody: async () => {
      let length = 0;
      const chunks: Uint8Array[] = [];
      for await (const chunk of request.body ?? []) {
        length += chunk.length;
        if (length > MAX_BODY_BYTES) throw tooLarge();
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    },
  };
}

export function nodeSink(outgoing: ServerResponse): StreamSink {
  return {
    write: async (text) => {
      if (outgoing.destroyed || outgoing.write(text)) return;
      await new Promise<void>((resolve) => {
        const done = () => {
          outgoing.off('drain', done).off('close', done);
          resolve();
        };
        outgoing.once('drain', done).once('close', done);
      });
    },
    end: () => void outgoing.end(),
    close: () => outgoing.destroy(),
  };
}

/** The sink and the body that a fetch response streams from. */
export function fetchSink(): { readonly sink: StreamSink; readonly body: ReadableStream<Uint8Array> } {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  const isGone = () => undefined;
  writer.closed.catch(isGone);
  return {
    body: readable,
    sink: {
      write: (text) => writer.write(encoder.encode(text)).catch(isGone),
      end: () => void writer.close().catch(isGone),
      close: () => void writer.abort().catch(isGone),
    },
  };
}

function tooLarge(): BonafideError {
  return new BonafideError('PAYLOAD_TOO_LARGE', `A request body has at most ${MAX_BODY_BYTES} bytes.`);
}

function cutOff(): BonafideError {
  return new BonafideError('CONNECTION_FAILED', 'The request ended before its body was complete.');
}
