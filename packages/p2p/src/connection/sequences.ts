/** No envelope of a signal is valid longer than this after it was signed. */
export const SIGNAL_LIFETIME_SECONDS = 60;
// Its lifetime, and as much as a clock may be ahead.
const MEMORY_MS = (SIGNAL_LIFETIME_SECONDS + 30) * 1000;
const SWEEP_MS = 10_000;
const MAX_CONNECTIONS_PER_PEER = 64;
const MAX_CONNECTIONS = 8192;
/** What may still be unanswered when a session is lost is sent again on the next: so many of the last may come twice. */
const RESENT_SIGNALS = 16;

/** Where a signal stands among those of its sender about one connection. */
export interface Placed {
  readonly did: string;
  readonly connectionId: string;
  readonly sequence: number;
  /** Of its envelope. */
  readonly id: string;
  readonly isOffer: boolean;
}

/** `repeated`: harmless, nothing to do. `stray`: of a connection that is not known here. Only `next` may be acted on. */
export type Placement = 'next' | 'repeated' | 'stray' | 'replayed' | 'out-of-order' | 'excessive';

interface Track {
  next: number;
  isOpen: boolean;
  heardAt: number;
  /** Ids of the last ones; undefined once it was repeated. */
  readonly recent: Map<number, string | undefined>;
}

/**
 * Follows what each peer says about each connection, without gaps. A connection that is over is remembered until nothing
 * that was signed for it can be valid any more, so a replay finds either its place taken or its envelope expired.
 */
export class Sequences {
  readonly #peers = new Map<string, Map<string, Track>>();
  readonly #now: () => number;
  #count = 0;
  #sweptAt = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Connections that are remembered. */
  get size(): number {
    return this.#count;
  }

  /** This side takes part in the connection. */
  open(did: string, connectionId: string): void {
    // Who only calls is never begun with.
    this.#sweep();
    const track = this.#peers.get(did)?.get(connectionId) ?? this.#add(did, connectionId);
    track.isOpen = true;
  }

  close(did: string, connectionId: string): void {
    const track = this.#peers.get(did)?.get(connectionId);
    if (!track) return;
    track.isOpen = false;
    track.heardAt = this.#now();
  }

  place(signal: Placed): Placement {
    const track = this.#find(signal);
    if (typeof track === 'string') return track;
    if (signal.sequence > track.next) return 'out-of-order';
    if (signal.sequence < track.next) return placeRepeated(track, signal);
    track.next += 1;
    track.heardAt = this.#now();
    track.recent.set(signal.sequence, signal.id);
    track.recent.delete(signal.sequence - RESENT_SIGNALS);
    return 'next';
  }

  #find({ did, connectionId, sequence, isOffer }: Placed): Track | Placement {
    const known = this.#peers.get(did)?.get(connectionId);
    if (known) return known;
    if (sequence !== 1) return 'out-of-order';
    if (!isOffer) return 'stray';
    this.#sweep();
    const ofPeer = this.#peers.get(did)?.size ?? 0;
    if (ofPeer >= MAX_CONNECTIONS_PER_PEER || this.#count >= MAX_CONNECTIONS) return 'excessive';
    return this.#add(did, connectionId);
  }

  #add(did: string, connectionId: string): Track {
    const track: Track = { next: 1, isOpen: false, heardAt: this.#now(), recent: new Map() };
    const ofPeer = this.#peers.get(did) ?? new Map<string, Track>();
    this.#peers.set(did, ofPeer.set(connectionId, track));
    this.#count += 1;
    return track;
  }

  #sweep(): void {
    const now = this.#now();
    // A clock that was set back must not keep what it remembers: what was signed ahead of it is refused for that.
    if (Math.abs(now - this.#sweptAt) < SWEEP_MS) return;
    this.#sweptAt = now;
    for (const [did, tracks] of this.#peers) {
      for (const [connectionId, track] of tracks) {
        if (track.isOpen || Math.abs(now - track.heardAt) <= MEMORY_MS) continue;
        tracks.delete(connectionId);
        this.#count -= 1;
      }
      if (tracks.size === 0) this.#peers.delete(did);
    }
  }
}

function placeRepeated(track: Track, { sequence, id }: Placed): Placement {
  if (!track.isOpen || track.recent.get(sequence) !== id) return 'replayed';
  track.recent.set(sequence, undefined);
  return 'repeated';
}
