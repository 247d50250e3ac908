import { BonafideError } from '@bonafide/core/errors';
import type { PeerMessage } from '@bonafide/core/models';
import type { Path, PathKind } from '../path/path.ts';
import { afterTurn } from './after-turn.ts';
import { Carriers } from './carriers.ts';
import { encodeOutgoingDatagram } from './datagrams.ts';
import { decodeDatagram, encodeAck, frameTypes, isNumbered, isOfStream, readAck } from './frames.ts';
import { Inbox } from './inbox.ts';
import { MAX_MESSAGE_BYTES, MAX_QUEUED_BYTES, MAX_UNHEARD_BYTES } from './limits.ts';
import type { Link, LinkStream } from './link.ts';
import { Listeners } from './listeners.ts';
import { cutMessage, MessageJoiner } from './messages.ts';
import { costOf, Outbox } from './outbox.ts';
import { PacketPool } from './packet-pool.ts';
import { broken, closedHere, decodeProblem, encodeProblem, forgotten, tooMuch } from './problems.ts';
import { Streams } from './streams.ts';

/** How long an acknowledgement waits for a frame that carries it. */
const ACK_DELAY_MS = 10;

export interface LinkOptions {
  readonly linkId: string;
  /** One side is. */
  readonly isCaller: boolean;
  /** Messages that may wait for a path; default 8 MiB. */
  readonly maxQueuedBytes?: number | undefined;
}

/** One end of a link without a path yet. */
export function createLink(options: LinkOptions): Link {
  return new PeerLink(options);
}

class PeerLink implements Link {
  readonly linkId: string;
  readonly #maxQueuedBytes: number;
  readonly #ending = new AbortController();
  readonly #carriers: Carriers;
  readonly #streams: Streams;
  readonly #outbox: Outbox;
  readonly #inbox = new Inbox();
  readonly #joiner = new MessageJoiner();
  readonly #changes = new Set<() => void>();
  readonly #datagrams = new Set<(label: string, bytes: Uint8Array) => void>();
  readonly #messages: Listeners<PeerMessage>;
  /** Of the message that is coming. */
  #messageBytes = 0;
  #unheardBytes = 0;
  #isReleasing = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LinkOptions) {
    this.linkId = options.linkId;
    this.#maxQueuedBytes = options.maxQueuedBytes ?? MAX_QUEUED_BYTES;
    const onFailure = (error: unknown): void => this.close(BonafideError.from(error));
    const pool = new PacketPool();
    this.#streams = new Streams({
      pool,
      isCaller: options.isCaller,
      control: (packet) => this.#control(packet),
      onReady: () => this.#pump(),
      onHeld: () => this.#releaseLater(),
      onFailure,
    });
    this.#outbox = new Outbox({ fromStreams: () => this.#streams.next(), pool });
    this.#messages = new Listeners({ tell: (message) => this.#tell(message), onFailure });
    this.#carriers = new Carriers({
      linkId: options.linkId,
      isCaller: options.isCaller,
      received: () => this.#inbox.received,
      onFrame: (packet) => this.#receive(packet),
      onDatagram: (packet) => this.#receiveDatagram(packet),
      onEnd: (problem) => this.#endedByPeer(problem),
      onSwitch: (received) => this.#switched(received),
      onLost: () => this.#changed(),
      onDrain: () => this.#pump(),
      onFailure,
    });
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  get state(): Link['state'] {
    if (this.signal.aborted) return 'closed';
    return this.#carriers.path ? 'connected' : 'suspended';
  }

  get path(): PathKind | undefined {
    return this.#carriers.path?.kind;
  }

  attach(path: Path): void {
    this.#carriers.attach(path);
  }

  close(error: BonafideError = closedHere()): void {
    if (this.signal.aborted) return;
    clearTimeout(this.#timer);
    this.#carriers.end(encodeProblem(error));
    this.#ending.abort(error);
    this.#streams.fail(error);
    this.#outbox.fail(error);
    this.#messages.clear();
    this.#changed();
  }

  onChange(listener: () => void): () => void {
    return listen(this.#changes, () => listener());
  }

  send(message: PeerMessage): void {
    this.signal.throwIfAborted();
    const packets = cutMessage(message);
    let size = 0;
    for (const packet of packets) size += costOf({ packet });
    if (this.#outbox.waitingBytes + size > this.#maxQueuedBytes) {
      throw tooMuch('Too many messages wait for this peer.');
    }
    for (const packet of packets) this.#outbox.add({ packet });
    this.#pump();
  }

  onMessage(listener: (message: PeerMessage) => void): () => void {
    return this.#messages.add(listener);
  }

  openStream(label: string): LinkStream {
    this.signal.throwIfAborted();
    if (this.#outbox.waitingBytes > this.#maxQueuedBytes) throw tooMuch('Too much waits for this peer.');
    return this.#streams.openStream(label);
  }

  onStream(listener: (stream: LinkStream) => boolean): () => void {
    return this.#streams.onStream(listener);
  }

  sendDatagram(label: string, bytes: Uint8Array): void {
    this.signal.throwIfAborted();
    const packet = encodeOutgoingDatagram(label, bytes);
    const { path } = this.#carriers;
    if (path?.isOpen) path.sendDatagram(packet);
  }

  onDatagram(listener: (label: string, bytes: Uint8Array) => void): () => void {
    return listen(this.#datagrams, (label: string, bytes: Uint8Array) => listener(label, bytes));
  }

  #receive(packet: Uint8Array): void {
    const type = packet[0] ?? 0;
    if (type !== frameTypes.ack && !isNumbered(type)) throw broken('a frame is of no known type');
    this.#outbox.acknowledge(readAck(packet));
    if (isNumbered(type)) this.#receiveNumbered(type, packet);
    this.#pump();
    if (this.#inbox.isUrgent || type === frameTypes.end) this.#acknowledge();
    else if (this.#inbox.isUntold) this.#acknowledgeLater();
  }

  #receiveNumbered(type: number, packet: Uint8Array): void {
    if (!this.#inbox.take(packet)) return;
    if (isOfStream(type)) {
      this.#streams.receive(packet);
      return;
    }
    this.#messageBytes += costOf({ packet });
    const message = this.#joiner.take(packet);
    if (message) this.#hear(message);
  }

  #hear(message: PeerMessage): void {
    const isHeard = this.#messages.push(message);
    this.#unheardBytes = isHeard ? 0 : this.#unheardBytes + this.#messageBytes;
    this.#messageBytes = 0;
    if (this.#unheardBytes > MAX_UNHEARD_BYTES) throw tooMuch('The peer sent more than anybody listens to.');
  }

  #receiveDatagram(packet: Uint8Array): void {
    const { label, bytes } = decodeDatagram(packet);
    for (const listener of [...this.#datagrams]) listener(label, bytes);
  }

  #tell(message: PeerMessage): void {
    for (const listener of this.#messages) listener(message);
  }

  /** Urgent frames of streams. Many can only come of what the peer does, while it takes nothing. */
  #control(packet: Uint8Array): void {
    if (this.signal.aborted) return;
    this.#outbox.add({ packet });
    if (this.#outbox.waitingBytes > this.#maxQueuedBytes + MAX_MESSAGE_BYTES) {
      this.close(tooMuch('The peer causes more answers than it takes.'));
    } else this.#pump();
  }

  #switched(received: number | undefined): void {
    if (received !== undefined) {
      if (!this.#outbox.hasSent(received)) throw forgotten();
      this.#outbox.acknowledge(received);
    }
    this.#outbox.rewind();
    // Said in any case: the first frame tells the other side that this path is used.
    if (!this.#pump()) this.#acknowledge();
    this.#changed();
  }

  /** True: something was sent. */
  #pump(): boolean {
    const { path } = this.#carriers;
    if (!path || !this.#outbox.pump(path, this.#inbox.received)) return false;
    this.#inbox.told();
    return true;
  }

  #acknowledge(): void {
    const { path } = this.#carriers;
    if (!path?.isOpen) return;
    path.send(encodeAck(this.#inbox.received));
    this.#inbox.told();
  }

  /** One timer for all that wait, not one for each. */
  #acknowledgeLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#inbox.isUntold) this.#acknowledge();
    }, ACK_DELAY_MS);
  }

  #releaseLater(): void {
    if (this.#isReleasing) return;
    this.#isReleasing = true;
    afterTurn(() => {
      this.#isReleasing = false;
      this.#streams.release();
    });
  }

  #endedByPeer(problem: Uint8Array): void {
    this.close(decodeProblem(problem, 'The peer closed the link.'));
  }

  #changed(): void {
    for (const listener of [...this.#changes]) listener();
  }
}

function listen<Listener>(listeners: Set<Listener>, own: Listener): () => void {
  listeners.add(own);
  return () => void listeners.delete(own);
}
