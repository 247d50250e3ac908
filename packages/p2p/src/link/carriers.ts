import { BonafideError } from '@bonafide/core/errors';
import type { Path } from '../path/path.ts';
import { decodeHello, encodeClose, encodeHello, frameTypes, LINK_VERSION, randomInstance } from './frames.ts';
import { broken, forgotten } from './problems.ts';

/** How long the other side may take to hear that the link ended, before its path is closed. */
const FAREWELL_MS = 1_000;

/** A path, and what was said on it. */
interface Carrier {
  readonly path: Path;
  /** How many paths the caller had with it. The highest that speaks is used by both: else each could prefer another. */
  rank: number;
  /** Its greeting came. */
  hasSpoken: boolean;
  /** The other side uses it, too, so older ones are of no use any more. */
  isShared: boolean;
  farewell?: ReturnType<typeof setTimeout>;
}

interface CarriersOptions {
  readonly linkId: string;
  readonly isCaller: boolean;
  /** How many frames came. */
  readonly received: () => number;
  /** A numbered frame, or an acknowledgement. */
  readonly onFrame: (packet: Uint8Array) => void;
  readonly onDatagram: (packet: Uint8Array) => void;
  /** The other side ended the link. */
  readonly onEnd: (problem: Uint8Array) => void;
  /** Another path is used from now on; the other side has so many frames (low 32 bits), if it said so. */
  readonly onSwitch: (received: number | undefined) => void;
  /** The path in use is lost. */
  readonly onLost: () => void;
  readonly onDrain: () => void;
  /** Something above threw, or the peer broke the protocol. */
  readonly onFailure: (error: unknown) => void;
}

/** The paths of one end of a link: which greets, which is used, which is over. */
export class Carriers {
  readonly #options: CarriersOptions;
  readonly #carriers = new Set<Carrier>();
  readonly #instance = randomInstance();
  #theirInstance: string | undefined;
  #active: Carrier | undefined;
  #ranks = 0;
  #isOver = false;

  constructor(options: CarriersOptions) {
    this.#options = options;
  }

  /** The one in use. */
  get path(): Path | undefined {
    return this.#active?.path;
  }

  attach(path: Path): void {
    if (this.#isOver) {
      path.close();
      return;
    }
    const carrier: Carrier = { path, rank: 0, hasSpoken: false, isShared: false };
    this.#carriers.add(carrier);
    path.listen({
      onPacket: (packet) => this.#guard(() => this.#receive(carrier, packet)),
      onDatagram: (packet) => this.#guard(() => this.#receiveDatagram(carrier, packet)),
      onDrain: () => this.#guard(() => this.#drain(carrier)),
      onClose: () => this.#guard(() => this.#forget(carrier)),
    });
    if (!this.#options.isCaller) return;
    carrier.rank = ++this.#ranks;
    this.#greet(carrier);
  }

  /** Tells the other side, and closes all paths as soon as it knows. */
  end(problem: Uint8Array): void {
    this.#isOver = true;
    this.#active = undefined;
    for (const carrier of [...this.#carriers]) {
      trySend(carrier.path, encodeClose(problem));
      carrier.farewell = setTimeout(() => this.#discard(carrier), FAREWELL_MS);
    }
  }

  #greet(carrier: Carrier): void {
    const { linkId, received } = this.#options;
    const hello = { linkId, rank: carrier.rank, instance: this.#instance, received: received() };
    if (!trySend(carrier.path, encodeHello(hello))) this.#discard(carrier);
  }

  #receive(carrier: Carrier, packet: Uint8Array): void {
    const type = packet[0];
    if (type === frameTypes.close) this.#receiveClose(carrier, packet.subarray(1));
    else if (this.#isOver) return;
    else if (type === frameTypes.hello) this.#receiveHello(carrier, packet);
    else if (!carrier.hasSpoken) throw broken('a path begins without a greeting');
    else {
      if (!carrier.isShared) this.#share(carrier);
      this.#options.onFrame(packet);
    }
  }

  #receiveHello(carrier: Carrier, packet: Uint8Array): void {
    if (carrier.hasSpoken) throw broken('a path greets twice');
    if (packet[1] !== LINK_VERSION) throw otherVersion();
    const hello = decodeHello(packet);
    if (hello.linkId !== this.#options.linkId) throw broken('a greeting is for another link');
    this.#theirInstance ??= hello.instance;
    if (hello.instance !== this.#theirInstance) throw forgotten();
    carrier.hasSpoken = true;
    if (!this.#options.isCaller) {
      carrier.rank = hello.rank;
      this.#greet(carrier);
    }
    if (carrier.rank <= (this.#active?.rank ?? 0)) this.#discard(carrier);
    else this.#use(carrier, hello.received);
    // The answer to a greeting says that its sender uses the path already; the caller's first frame says so of the caller.
    if (this.#options.isCaller) this.#share(carrier);
  }

  #use(carrier: Carrier, received: number | undefined): void {
    this.#active = carrier;
    this.#options.onSwitch(received);
  }

  #share(carrier: Carrier): void {
    carrier.isShared = true;
    for (const other of [...this.#carriers]) {
      // One of the caller's that has not greeted has no rank here yet.
      if (other.rank > 0 && other.rank < carrier.rank) this.#discard(other);
    }
  }

  #receiveClose(carrier: Carrier, problem: Uint8Array): void {
    if (!this.#isOver) this.#options.onEnd(problem);
    else this.#discard(carrier);
  }

  #receiveDatagram(carrier: Carrier, packet: Uint8Array): void {
    // Those of a path may overtake its greeting.
    if (!this.#isOver && carrier.hasSpoken) this.#options.onDatagram(packet);
  }

  #drain(carrier: Carrier): void {
    if (carrier === this.#active) this.#options.onDrain();
  }

  #forget(carrier: Carrier): void {
    this.#carriers.delete(carrier);
    clearTimeout(carrier.farewell);
    if (carrier !== this.#active) return;
    this.#active = undefined;
    const next = this.#best();
    if (next) this.#use(next, undefined);
    else this.#options.onLost();
  }

  /** The other side may use an older path still, when the newer one broke before it spoke there. */
  #best(): Carrier | undefined {
    const spoken = [...this.#carriers].filter(({ hasSpoken }) => hasSpoken);
    return spoken.sort((a, b) => b.rank - a.rank)[0];
  }

  #discard(carrier: Carrier): void {
    this.#carriers.delete(carrier);
    clearTimeout(carrier.farewell);
    carrier.path.close();
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#options.onFailure(error);
    }
  }
}

/** False: it is closed. Whatever matters goes over the next path. */
function trySend(path: Path, packet: Uint8Array): boolean {
  if (!path.isOpen) return false;
  try {
    path.send(packet);
    return true;
  } catch (error) {
    if (BonafideError.is(error) && error.code === 'UNAVAILABLE') return false;
    throw error;
  }
}

function otherVersion(): BonafideError {
  return new BonafideError(
    'UNSUPPORTED',
    `The peer speaks another version of the link than ${LINK_VERSION}.`,
  );
}
