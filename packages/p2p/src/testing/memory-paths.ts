import { ConnectionError } from '@bonafide/core/errors';
import {
  HIGH_WATER_BYTES,
  LOW_WATER_BYTES,
  type Path,
  type PathKind,
  type PathListener,
} from '../path/path.ts';
import { assertPacketSize, closedByPeer, pathNotOpen } from '../path/path-errors.ts';
import { PathEvents } from '../path/path-events.ts';

export interface MemoryPathOptions {
  /** Default direct. */
  readonly kind?: PathKind | undefined;
  /** How much each end delivers in one turn; what is above waits as `bufferedBytes`. */
  readonly bytesPerTurn?: number | undefined;
  /** Breaks once so many packets were delivered, both ways together. */
  readonly packetsUntilCut?: number | undefined;
  readonly losesDatagram?: (() => boolean) | undefined;
}

export interface MemoryPaths {
  readonly here: Path;
  readonly there: Path;
  /** Breaks it: what is under way is lost, and both ends hear of it. */
  cut(): void;
}

/** Two ends of a path within this process. Nothing arrives in the turn in which it was sent. */
export function createMemoryPaths(options: MemoryPathOptions = {}): MemoryPaths {
  let packetsLeft = options.packetsUntilCut ?? Number.POSITIVE_INFINITY;
  const onDelivered = (): void => {
    packetsLeft--;
    if (packetsLeft === 0) cut();
  };
  const here = new MemoryPath(options, onDelivered);
  const there = new MemoryPath(options, onDelivered);
  here.join(there);
  there.join(here);
  function cut(): void {
    for (const path of [here, there]) path.end(new ConnectionError('The path was cut.'));
  }
  return { here, there, cut };
}

class MemoryPath implements Path {
  readonly kind: PathKind;
  readonly #options: MemoryPathOptions;
  readonly #onDelivered: () => void;
  readonly #events = new PathEvents((error) => this.end(error));
  #other: MemoryPath | undefined;
  #sent: { readonly bytes: Uint8Array; readonly isDatagram: boolean }[] = [];
  #bufferedBytes = 0;
  #isOpen = true;
  #isScheduled = false;

  constructor(options: MemoryPathOptions, onDelivered: () => void) {
    this.kind = options.kind ?? 'direct';
    this.#options = options;
    this.#onDelivered = onDelivered;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  join(other: MemoryPath): void {
    this.#other = other;
  }

  listen(listener: PathListener): void {
    this.#events.listen(listener);
  }

  send(packet: Uint8Array): void {
    this.#add(packet, false);
  }

  sendDatagram(packet: Uint8Array): void {
    if (!this.#options.losesDatagram?.() || !this.#isOpen) this.#add(packet, true);
  }

  close(): void {
    this.end(undefined);
    this.#other?.end(closedByPeer());
  }

  end(error: PathError): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#sent = [];
    this.#bufferedBytes = 0;
    this.#events.close(error);
  }

  #add(packet: Uint8Array, isDatagram: boolean): void {
    assertPacketSize(packet);
    if (!this.#isOpen) throw pathNotOpen();
    // As every real path: the sender may use its memory again.
    this.#sent.push({ bytes: packet.slice(), isDatagram });
    this.#bufferedBytes += packet.length;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#deliver());
  }

  #deliver(): void {
    this.#isScheduled = false;
    const before = this.#bufferedBytes;
    let left = this.#options.bytesPerTurn ?? 2 * HIGH_WATER_BYTES;
    let count = 0;
    const sent = this.#sent;
    this.#sent = [];
    for (; count < sent.length && left > 0 && this.#isOpen; count++) left -= this.#deliverOne(sent[count]);
    if (!this.#isOpen) return;
    this.#sent = [...sent.slice(count), ...this.#sent];
    if (this.#sent.length > 0) this.#schedule();
    if (before > LOW_WATER_BYTES && this.#bufferedBytes <= LOW_WATER_BYTES) this.#events.drain();
  }

  #deliverOne(item: { readonly bytes: Uint8Array; readonly isDatagram: boolean } | undefined): number {
    if (!item) return 0;
    const { bytes, isDatagram } = item;
    this.#bufferedBytes -= bytes.length;
    if (isDatagram) this.#other?.receiveDatagram(bytes);
    else this.#other?.receive(bytes);
    this.#onDelivered();
    return bytes.length;
  }

  receive(bytes: Uint8Array): void {
    this.#events.packet(bytes);
  }

  receiveDatagram(bytes: Uint8Array): void {
    this.#events.datagram(bytes);
  }
}

type PathError = Parameters<PathEvents['close']>[0];
