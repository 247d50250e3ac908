import { MAX_PACKET_BYTES } from '../path/path.ts';
import { WINDOW_BYTES } from './limits.ts';

const MOST = WINDOW_BYTES / MAX_PACKET_BYTES;

/**
 * Full packets, used again once they are acknowledged: large buffers that live for a round trip are what a garbage
 * collector is worst at. A path has copied what it was given.
 */
export class PacketPool {
  readonly #free: Uint8Array[] = [];

  /** What was in it may still be. */
  take(bytes: number): Uint8Array {
    return (bytes === MAX_PACKET_BYTES && this.#free.pop()) || new Uint8Array(bytes);
  }

  give(packet: Uint8Array): void {
    if (packet.length === MAX_PACKET_BYTES && this.#free.length < MOST) this.#free.push(packet);
  }
}
