import { BonafideError } from '@bonafide/core/errors';
import { HIGH_WATER_BYTES, type PathListener } from './path.ts';

type Arrival = { readonly type: 'packet' | 'datagram'; readonly bytes: Uint8Array };
type PathEvent =
  | Arrival
  | { readonly type: 'drain' }
  | { readonly type: 'close'; readonly error: BonafideError | undefined };

/** What may come before somebody listens; an honest peer waits for acknowledgements long before. */
const MAX_KEPT_BYTES = 4 * HIGH_WATER_BYTES;

/**
 * The listening side of a path. In order, never inside a call of the path's user, kept until there is a listener, and
 * the end is told once and last.
 */
export class PathEvents {
  readonly #fail: (error: BonafideError) => void;
  #listener: PathListener | undefined;
  #waiting: PathEvent[] = [];
  #waitingBytes = 0;
  #isFlushing = false;
  #isClosed = false;

  /** `fail` ends the path: its listener threw, or too much came before it listened. */
  constructor(fail: (error: BonafideError) => void) {
    this.#fail = fail;
  }

  listen(listener: PathListener): void {
    this.#listener = listener;
    this.#flushLater();
  }

  packet(bytes: Uint8Array): void {
    this.#receive({ type: 'packet', bytes });
  }

  datagram(bytes: Uint8Array): void {
    this.#receive({ type: 'datagram', bytes });
  }

  drain(): void {
    if (!this.#isClosed && this.#listener) this.#emit({ type: 'drain' });
  }

  /** Nothing comes after it; what came before and was not yet heard does, unless the end was wished for here. */
  close(error: BonafideError | undefined): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (!error) this.#waiting = [];
    this.#waiting.push({ type: 'close', error });
    this.#flushLater();
  }

  #receive(event: Arrival): void {
    if (this.#isClosed) return;
    if (this.#listener && !this.#isFlushing) {
      this.#emit(event);
      return;
    }
    this.#waitingBytes += event.bytes.length;
    if (this.#waitingBytes <= MAX_KEPT_BYTES) this.#waiting.push(event);
    else this.#fail(new BonafideError('LIMIT_EXCEEDED', 'The peer sent more than fits before it was heard.'));
  }

  #flushLater(): void {
    if (this.#isFlushing || !this.#listener) return;
    this.#isFlushing = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    for (let event = this.#waiting.shift(); event; event = this.#waiting.shift()) this.#emit(event);
    this.#waitingBytes = 0;
    this.#isFlushing = false;
    if (this.#isClosed) this.#listener = undefined;
  }

  // An exception here would end the process in Node, and be lost in a browser.
  #emit(event: PathEvent): void {
    try {
      notify(this.#listener, event);
    } catch (cause) {
      this.#waiting = [];
      this.#fail(BonafideError.from(cause));
    }
  }
}

function notify(listener: PathListener | undefined, event: PathEvent): void {
  if (event.type === 'drain') listener?.onDrain();
  else if (event.type === 'close') listener?.onClose(event.error);
  else if (event.type === 'packet') listener?.onPacket(event.bytes);
  else listener?.onDatagram(event.bytes);
}
