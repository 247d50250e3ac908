import type { BonafideError } from '@bonafide/core/errors';
import { toProblem } from '@bonafide/core/problem';
import type { StreamItem } from '../handlers/types.ts';
import type { StreamSink } from './exchange.ts';

export const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
} as const;

/** A reader that takes nothing for this many heartbeats is let go; it resumes by its cursor. */
const STALLED_AFTER_BEATS = 3;

export interface StreamOptions {
  readonly sink: StreamSink;
  readonly heartbeatMs: number;
  readonly requestId: string;
  readonly signal: AbortSignal;
  /** Ends the stream from our side. */
  stop(): void;
  /** Throws when the caller may no longer read. */
  revalidate(): void;
  /** Calls back when the caller may have been revoked; returns the function that ends it. */
  watch(listener: () => void): () => void;
  toError(cause: unknown): BonafideError;
  /** Told when a reader was let go because it took nothing. */
  onStalled(): void;
}

/**
 * Writes a stream as server-sent events. The source is asked for the next item only when the reader has taken the last
 * one, so a slow reader costs one item of memory and not a queue.
 */
export async function writeStream(
  items: AsyncIterable<StreamItem<unknown>>,
  options: StreamOptions,
): Promise<void> {
  const { sink, signal } = options;
  const pulse = startPulse(options);
  let refusal: unknown;
  try {
    for await (const item of items) {
      if (signal.aborted) break;
      options.revalidate();
      await pulse.write(toFrame(item));
    }
    if (!signal.aborted) await pulse.write('event: end\ndata: {}\n\n');
  } catch (cause) {
    refusal = cause;
  }
  refusal ??= pulse.refusal();
  if (refusal !== undefined) await pulse.write(errorFrame(options.toError(refusal), options.requestId));
  pulse.stop();
  sink.end();
}

interface Pulse {
  write(text: string): Promise<void>;
  /** Why the caller may no longer read, when a beat found that out. */
  refusal(): unknown;
  stop(): void;
}

function startPulse({ sink, heartbeatMs, stop, revalidate, watch, onStalled }: StreamOptions): Pulse {
  let refusal: unknown;
  let blockedBeats = 0;
  let isBlocked = false;
  const write = async (text: string) => {
    isBlocked = true;
    await sink.write(text);
    isBlocked = false;
    blockedBeats = 0;
  };
  const check = () => {
    try {
      revalidate();
    } catch (cause) {
      refusal = cause;
      stop();
    }
  };
  const beat = () => {
    check();
    if (!isBlocked) {
      if (refusal === undefined) void write(':\n\n');
    } else if (++blockedBeats >= STALLED_AFTER_BEATS) {
      onStalled();
      sink.close();
      stop();
    }
  };
  const timer = setInterval(beat, heartbeatMs);
  const unwatch = watch(check);
  return {
    write,
    refusal: () => refusal,
    stop() {
      clearInterval(timer);
      unwatch();
    },
  };
}

function toFrame(item: StreamItem<unknown>): string {
  if ('reset' in item)
    return `event: reset\nid: ${item.reset.oldest}\ndata: ${JSON.stringify(item.reset)}\n\n`;
  const id = item.id === undefined ? '' : `id: ${item.id}\n`;
  return `${id}data: ${JSON.stringify(item.data)}\n\n`;
}

function errorFrame(error: BonafideError, requestId: string): string {
  return `event: error\ndata: ${JSON.stringify(toProblem(error, requestId))}\n\n`;
}
