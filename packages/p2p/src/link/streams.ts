import type { BonafideError } from '@bonafide/core/errors';
import { decodeCredit, encodeStreamFrame, frameTypes, readStreamId, STREAM_HEADER_BYTES } from './frames.ts';
import { decodeLabel, encodeLabel } from './labels.ts';
import { MAX_STREAMS, MAX_UNREAD_BYTES } from './limits.ts';
import type { LinkStream } from './link.ts';
import { Listeners } from './listeners.ts';
import type { Frame } from './outbox.ts';
import type { PacketPool } from './packet-pool.ts';
import { broken, decodeProblem, nobodyTakes, tooMuch, tooMuchUnread } from './problems.ts';
import { Queue } from './queue.ts';
import { Stream, type StreamHost } from './stream.ts';

interface StreamsOptions {
  readonly isCaller: boolean;
  readonly pool: PacketPool;
  readonly control: (packet: Uint8Array) => void;
  /** Some stream can send now. */
  readonly onReady: () => void;
  /** Some stream waits for `release`. */
  readonly onHeld: () => void;
  /** A listener threw. */
  readonly onFailure: (error: unknown) => void;
}

/** The streams of one end of a link. The caller's have odd numbers, the other side's even ones, both without gaps. */
export class Streams implements StreamHost {
  readonly #options: StreamsOptions;
  readonly #open = new Map<number, Stream>();
  readonly #ready = new Queue<Stream>();
  readonly #queued = new Set<Stream>();
  readonly #held = new Set<Stream>();
  readonly #offers: Listeners<Stream, boolean>;
  readonly #counts = { own: 0, theirs: 0 };
  #nextOwn: number;
  #nextTheirs: number;
  #unread = 0;

  constructor(options: StreamsOptions) {
    this.#options = options;
    this.#offers = new Listeners({ tell: (stream) => this.#offer(stream), onFailure: options.onFailure });
    this.#nextOwn = options.isCaller ? 1 : 2;
    this.#nextTheirs = options.isCaller ? 2 : 1;
  }

  /** Bytes that came and were not read. */
  get unreadBytes(): number {
    return this.#unread;
  }

  openStream(label: string): LinkStream {
    const bytes = encodeLabel(label);
    if (this.#counts.own >= MAX_STREAMS) {
      throw tooMuch(`${MAX_STREAMS} streams to this peer are open: end one of them first.`);
    }
    const stream = this.#add(this.#nextOwn, label);
    this.#nextOwn += 2;
    this.#counts.own++;
    this.control(encodeStreamFrame(frameTypes.open, stream.streamId, bytes));
    return stream;
  }

  onStream(listener: (stream: LinkStream) => boolean): () => void {
    return this.#offers.add(listener);
  }

  /** The next frame of the stream whose turn it is. */
  next(): Frame | undefined {
    for (let stream = this.#ready.shift(); stream; stream = this.#ready.shift()) {
      this.#queued.delete(stream);
      const frame = stream.take();
      if (stream.isReady) this.#queue(stream);
      if (frame) return frame;
    }
    return undefined;
  }

  release(): void {
    const held = [...this.#held];
    // What they send now makes them wait for the next time.
    this.#held.clear();
    for (const stream of held) stream.release();
  }

  receive(packet: Uint8Array): void {
    const streamId = readStreamId(packet);
    const body = packet.subarray(STREAM_HEADER_BYTES);
    if (packet[0] === frameTypes.open) {
      this.#receiveOpen(streamId, body);
      return;
    }
    const stream = this.#open.get(streamId);
    if (stream) this.#receiveFor(stream, { type: packet[0] ?? 0, body });
    // Under way when this side gave it up.
    else if (!this.#wasOpened(streamId)) throw broken('a frame is for a stream that was never opened');
  }

  fail(error: BonafideError): void {
    for (const stream of [...this.#open.values()]) stream.fail(error);
  }

  control(packet: Uint8Array): void {
    this.#options.control(packet);
  }

  onReady(stream: Stream): void {
    this.#queue(stream);
    this.#options.onReady();
  }

  onHeld(stream: Stream): void {
    this.#held.add(stream);
    this.#options.onHeld();
  }

  onUnread(change: number): void {
    this.#unread += change;
  }

  onOver(stream: Stream): void {
    this.#open.delete(stream.streamId);
    this.#held.delete(stream);
    this.#counts[this.#isOwn(stream.streamId) ? 'own' : 'theirs']--;
  }

  #receiveOpen(streamId: number, body: Uint8Array): void {
    if (streamId !== this.#nextTheirs) throw broken('streams are not opened in order');
    if (this.#counts.theirs >= MAX_STREAMS)
      throw tooMuch(`The peer opened more than ${MAX_STREAMS} streams.`);
    const stream = this.#add(streamId, decodeLabel(body));
    this.#nextTheirs += 2;
    this.#counts.theirs++;
    if (this.#unread >= MAX_UNREAD_BYTES) stream.abort(tooMuchUnread());
    else this.#offers.push(stream);
  }

  #receiveFor(stream: Stream, { type, body }: { readonly type: number; readonly body: Uint8Array }): void {
    if (type === frameTypes.data) {
      stream.receive(body);
      if (this.#unread > MAX_UNREAD_BYTES) stream.abort(tooMuchUnread());
    } else if (type === frameTypes.credit) stream.grant(decodeCredit(body));
    else if (type === frameTypes.end) stream.receiveEnd();
    else if (type === frameTypes.abort) stream.fail(decodeProblem(body, 'The peer gave up this stream.'));
    else throw broken('a frame is of no known type');
  }

  #offer(stream: Stream): void {
    if (stream.isLost) return;
    for (const listener of this.#offers) if (listener(stream)) return;
    stream.abort(nobodyTakes());
  }

  #add(streamId: number, label: string): Stream {
    const stream = new Stream({ streamId, label, host: this, pool: this.#options.pool });
    this.#open.set(streamId, stream);
    return stream;
  }

  #queue(stream: Stream): void {
    if (this.#queued.has(stream)) return;
    this.#queued.add(stream);
    this.#ready.push(stream);
  }

  #isOwn(streamId: number): boolean {
    return streamId % 2 === this.#nextOwn % 2;
  }

  #wasOpened(streamId: number): boolean {
    return streamId > 0 && streamId < (this.#isOwn(streamId) ? this.#nextOwn : this.#nextTheirs);
  }
}
