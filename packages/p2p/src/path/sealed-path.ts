import type { BonafideError } from '@bonafide/core/errors';
import { HIGH_WATER_BYTES, LOW_WATER_BYTES, type Path, type PathListener } from './path.ts';
import { assertPacketSize, closedByPeer, pathLost, pathNotOpen } from './path-errors.ts';
import { PathEvents } from './path-events.ts';
import type { RelayKeys } from './relay-keys.ts';
import { createSeal, type RelayedKind, type Seal } from './relay-seal.ts';

/** What carries sealed packets to the peer. */
export interface SealedCarrier {
  readonly bufferedBytes: number;
  /** False: there is no connection to the gateway. */
  send(sealed: Uint8Array): boolean;
  /** The path is over. */
  remove(): void;
}

/**
 * One end of a sealed path. The caller speaks first; the callee waits for it, since what it sent earlier would meet
 * nobody with the keys.
 */
export class SealedPath implements Path {
  readonly kind = 'relayed';
  readonly #carrier: SealedCarrier;
  readonly #seal: Seal;
  readonly #events = new PathEvents((error) => this.fail(error));
  #held: Uint8Array[] | undefined;
  #heldBytes = 0;
  #isEnded = false;

  constructor(carrier: SealedCarrier, keys: RelayKeys) {
    this.#carrier = carrier;
    this.#seal = createSeal(keys);
    this.#held = keys.isCaller ? undefined : [];
  }

  get isOpen(): boolean {
    return !this.#isEnded;
  }

  get bufferedBytes(): number {
    return this.#isEnded ? 0 : this.#heldBytes + this.#carrier.bufferedBytes;
  }

  send(packet: Uint8Array): void {
    this.#assertSendable(packet);
    if (!this.#held) {
      this.#write('packet', packet);
      return;
    }
    this.#held.push(packet.slice());
    this.#heldBytes += packet.length;
  }

  sendDatagram(packet: Uint8Array): void {
    this.#assertSendable(packet);
    if (!this.#held && this.bufferedBytes <= HIGH_WATER_BYTES) this.#write('datagram', packet);
  }

  close(): void {
    if (this.#isEnded) return;
    this.#carrier.send(this.#seal.seal('close'));
    this.#end(undefined);
  }

  /** Once it can receive. */
  begin(): void {
    if (!this.#held) this.#write('hello');
  }

  listen(listener: PathListener): void {
    this.#events.listen(listener);
  }

  /** What came for it; throws when nobody with the keys sealed it, or when it came before. */
  receive(sealed: Uint8Array): void {
    const { kind, bytes, missing } = this.#seal.open(sealed);
    if (missing > 0) this.fail(pathLost('Packets were lost on their way through the gateway.'));
    else if (kind === 'packet') this.#events.packet(bytes);
    else if (kind === 'datagram') this.#events.datagram(bytes);
    else if (kind === 'close') this.#end(closedByPeer());
    if (this.#held) this.#release();
  }

  drain(): void {
    this.#events.drain();
  }

  /** Ends it here, and at the other end where that can still be told. */
  fail(error: BonafideError): void {
    if (this.#isEnded) return;
    this.#carrier.send(this.#seal.seal('close'));
    this.#end(error);
  }

  #assertSendable(packet: Uint8Array): void {
    assertPacketSize(packet);
    if (this.#isEnded) throw pathNotOpen();
  }

  #release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#heldBytes = 0;
    for (const packet of held) this.#write('packet', packet);
    if (held.length > 0 && this.bufferedBytes <= LOW_WATER_BYTES) this.#events.drain();
  }

  #write(kind: RelayedKind, bytes?: Uint8Array): void {
    if (this.#isEnded || this.#carrier.send(this.#seal.seal(kind, bytes))) return;
    this.#end(pathLost('There is no connection to the gateway, which relayed the packets.'));
  }

  #end(error: BonafideError | undefined): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#held = undefined;
    this.#carrier.remove();
    this.#events.close(error);
  }
}
