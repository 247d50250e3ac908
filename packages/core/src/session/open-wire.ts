import { FrameQueue } from './frame-queue.ts';
import type { SessionSettings } from './settings.ts';
import { openSocketWire } from './socket-wire.ts';
import type { Wire } from './wire.ts';

export interface OpenedWire {
  readonly wire: Wire;
  readonly queue: FrameQueue;
}

/** A way to the gateway. */
export async function openWire(settings: SessionSettings, signal: AbortSignal): Promise<OpenedWire> {
  return open(openSocketWire, settings, signal);
}

async function open(
  openOne: typeof openSocketWire,
  settings: SessionSettings,
  signal: AbortSignal,
): Promise<OpenedWire> {
  const queue = new FrameQueue();
  return { wire: await openOne(settings, { events: queue, signal }), queue };
}
