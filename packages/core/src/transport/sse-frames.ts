import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { BonafideError, ConnectionError } from '../errors.ts';
import { toConnectionError } from './send.ts';

export interface FrameOptions {
  readonly url: URL;
  readonly signal: AbortSignal;
  readonly maxEventLength: number;
  /** Silence after which the connection counts as lost. */
  readonly heartbeatTimeoutMs: number;
  readonly onRetry: (retryMs: number) => void;
}

/** The frames of one SSE connection. Reads a chunk only when all frames of the one before were taken. */
export async function* readFrames(
  body: ReadableStream<Uint8Array>,
  options: FrameOptions,
): AsyncGenerator<EventSourceMessage> {
  const frames: EventSourceMessage[] = [];
  const { maxEventLength } = options;
  const parser = createParser({
    maxBufferSize: maxEventLength,
    onRetry: options.onRetry,
    onEvent: (frame) => {
      if (frame.data.length > maxEventLength) throw tooLarge(maxEventLength);
      frames.push(frame);
    },
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') throw tooLarge(maxEventLength);
    },
  });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await readInTime(reader, options);
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      yield* frames.splice(0);
    }
  } finally {
    // Closes the socket when the consumer stops early; a stream that already failed has nothing to cancel.
    await reader.cancel().catch(() => undefined);
  }
}

async function readInTime(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { heartbeatTimeoutMs, url, signal }: FrameOptions,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  const silence = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    silence.reject(new ConnectionError(`The stream was silent for ${heartbeatTimeoutMs} ms.`));
  }, heartbeatTimeoutMs);
  try {
    return await Promise.race([reader.read(), silence.promise]);
  } catch (cause) {
    throw toConnectionError(cause, { url, signal });
  } finally {
    clearTimeout(timer);
  }
}

function tooLarge(limit: number): BonafideError {
  return new BonafideError('PAYLOAD_TOO_LARGE', `An event of the stream is longer than ${limit} characters.`);
}
