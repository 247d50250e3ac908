import { type BonafideError, ConnectionError } from '../errors.ts';
import { decodeFrames, type ReadFrame } from '../protocol/codec.ts';
import type { GatewayFrame } from '../protocol/frames.ts';
import type { WireEvents } from './wire.ts';

type Read = ReadFrame<GatewayFrame>;

/** Frames as they come: asked for one by one during the handshake, then passed on, none lost in between. */
export class FrameQueue implements WireEvents {
  readonly #lost = Promise.withResolvers<BonafideError>();
  #frames: Read[] = [];
  #waiting: { resolve(frame: Read): void; reject(error: BonafideError): void } | undefined;
  #handler: ((read: Read) => void) | undefined;
  #error: BonafideError | undefined;
  #hasHeard = false;

  /** Resolves with why, once there is no connection any more. */
  get lost(): Promise<BonafideError> {
    return this.#lost.promise;
  }

  /** Whether anything came since this was asked last. */
  takeHasHeard(): boolean {
    const hasHeard = this.#hasHeard;
    this.#hasHeard = false;
    return hasHeard;
  }

  onText(text: string): void {
    if (this.#error) return;
    this.#hasHeard = true;
    try {
      for (const read of decodeFrames<GatewayFrame>(text)) this.#push(read);
    } catch (cause) {
      this.onClose(new ConnectionError('The gateway sent what is no frame of bonafide.v1.', { cause }));
    }
  }

  onClose(error: BonafideError): void {
    if (this.#error) return;
    this.#error = error;
    this.#waiting?.reject(error);
    this.#lost.resolve(error);
  }

  async next(): Promise<Read> {
    const read = this.#frames.shift();
    if (read) return read;
    if (this.#error) throw this.#error;
    const { promise, resolve, reject } = Promise.withResolvers<Read>();
    this.#waiting = { resolve, reject };
    return promise;
  }

  /** From now on every frame goes to `handler`, those that have come already first. */
  pipe(handler: (read: Read) => void): void {
    this.#handler = handler;
    const frames = this.#frames;
    this.#frames = [];
    for (const read of frames) handler(read);
  }

  #push(read: Read): void {
    if (this.#handler) {
      this.#handler(read);
      return;
    }
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) waiting.resolve(read);
    else this.#frames.push(read);
  }
}
