import { BonafideError } from '../errors.ts';
import { FrameQueue } from './frame-queue.ts';
import type { SessionSettings } from './settings.ts';
import { openSocketWire } from './socket-wire.ts';
import { openSseWire } from './sse-wire.ts';
import type { Wire } from './wire.ts';

export interface OpenedWire {
  readonly wire: Wire;
  readonly queue: FrameQueue;
}

/** A way to the gateway: a WebSocket, or events and POSTs where that is wanted or the only way through. */
export async function openWire(settings: SessionSettings, signal: AbortSignal): Promise<OpenedWire> {
  switch (settings.carrier) {
    case 'websocket':
      return open(openSocketWire, settings, signal);
    case 'sse':
      return open(openSseWire, settings, signal);
    case 'auto':
      return openAny(settings, signal);
  }
}

async function openAny(settings: SessionSettings, signal: AbortSignal): Promise<OpenedWire> {
  try {
    return await open(openSocketWire, settings, signal);
  } catch (error) {
    signal.throwIfAborted();
    // Where the one says nothing but "not this way", the other may say why.
    return open(openSseWire, settings, signal).catch((second: unknown) => {
      throw isTelling(second) ? second : error;
    });
  }
}

function isTelling(error: unknown): boolean {
  return BonafideError.is(error) && error.code !== 'CONNECTION_FAILED' && error.code !== 'NOT_FOUND';
}

async function open(
  openOne: typeof openSocketWire,
  settings: SessionSettings,
  signal: AbortSignal,
): Promise<OpenedWire> {
  const queue = new FrameQueue();
  return { wire: await openOne(settings, { events: queue, signal }), queue };
}
