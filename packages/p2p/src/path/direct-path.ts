import type { BonafideError } from '@bonafide/core/errors';
import { HIGH_WATER_BYTES, LOW_WATER_BYTES, MAX_PACKET_BYTES, type Path, type PathListener } from './path.ts';
import { assertPacketSize, closedByPeer, malformedPacket, pathLost, pathNotOpen } from './path-errors.ts';
import { PathEvents } from './path-events.ts';

// Both sides name the channels, so neither waits for the other to announce them; part of the protocol.
const packetChannel: RTCDataChannelInit = { negotiated: true, id: 1 };
const datagramChannel: RTCDataChannelInit = { negotiated: true, id: 2, ordered: false, maxRetransmits: 0 };

/**
 * The only text, after the last packet. Closing the channel says the same, but in Node the end of a channel overtakes
 * packets that were received before it, and closing the connection drops those that were not sent yet.
 */
const FAREWELL = 'bye';
/** How long a peer that does not answer keeps a connection that was closed here. */
const PARTING_MS = 2_000;

/** A direct path over this connection, which it owns from now on. */
export interface DirectPath {
  readonly path: Path;
  /** Resolves once both ends can send; rejects with why the path ended before. */
  readonly opened: Promise<void>;
}

/**
 * Both peers call it before any description is made or set. The path ends with the connection, and the connection with
 * the path; `disconnected` is no end, since ICE may find another way.
 */
export function openDirectPath(connection: RTCPeerConnection): DirectPath {
  const path = new DataChannelPath(connection);
  return { path, opened: path.opened };
}

class DataChannelPath implements Path {
  readonly kind = 'direct';
  readonly opened: Promise<void>;
  readonly #connection: RTCPeerConnection;
  readonly #packets: RTCDataChannel;
  readonly #datagrams: RTCDataChannel;
  readonly #events = new PathEvents((error) => this.#end(error));
  readonly #opening = Promise.withResolvers<void>();
  readonly #listening = new AbortController();
  #isEnded = false;

  constructor(connection: RTCPeerConnection) {
    this.#connection = connection;
    this.#packets = connection.createDataChannel('packets', packetChannel);
    this.#datagrams = connection.createDataChannel('datagrams', datagramChannel);
    this.opened = this.#opening.promise;
    // Whoever does not wait for it hears of the end from the listener.
    this.opened.catch(() => {});
    this.#hearChannel(this.#packets, (bytes) => this.#events.packet(bytes));
    this.#hearChannel(this.#datagrams, (bytes) => this.#events.datagram(bytes));
    this.#hearConnection();
  }

  get isOpen(): boolean {
    return !this.#isEnded && isOpen(this.#packets) && isOpen(this.#datagrams);
  }

  get bufferedBytes(): number {
    return this.#isEnded ? 0 : this.#packets.bufferedAmount;
  }

  send(packet: Uint8Array): void {
    assertPacketSize(packet);
    if (!this.isOpen) throw pathNotOpen();
    this.#write(this.#packets, packet);
  }

  sendDatagram(packet: Uint8Array): void {
    assertPacketSize(packet);
    if (!this.isOpen) throw pathNotOpen();
    if (this.#datagrams.bufferedAmount <= HIGH_WATER_BYTES) this.#write(this.#datagrams, packet);
  }

  /** What was sent before still arrives, if the network takes it within a moment. */
  close(): void {
    this.#end(undefined);
  }

  listen(listener: PathListener): void {
    this.#events.listen(listener);
  }

  #write(channel: RTCDataChannel, packet: Uint8Array): void {
    try {
      // Shared memory is refused by the type only; no packet is made of it.
      channel.send(packet as Uint8Array<ArrayBuffer>);
    } catch (cause) {
      this.#end(pathLost('The channel to the peer took no more.', cause));
    }
  }

  #hearChannel(channel: RTCDataChannel, receive: (bytes: Uint8Array) => void): void {
    const { signal } = this.#listening;
    channel.binaryType = 'arraybuffer';
    channel.bufferedAmountLowThreshold = LOW_WATER_BYTES;
    channel.addEventListener('open', () => this.#open(), { signal });
    channel.addEventListener('message', ({ data }) => this.#receive(data, receive), { signal });
    channel.addEventListener('close', () => this.#end(connectionLost()), { signal });
    if (channel === this.#packets) {
      channel.addEventListener('bufferedamountlow', () => this.#events.drain(), { signal });
    }
  }

  #hearConnection(): void {
    const { signal } = this.#listening;
    const onChange = (): void => {
      const { connectionState } = this.#connection;
      if (connectionState === 'failed' || connectionState === 'closed') this.#end(connectionLost());
    };
    this.#connection.addEventListener('connectionstatechange', onChange, { signal });
  }

  #open(): void {
    if (this.isOpen) this.#opening.resolve();
  }

  #receive(data: unknown, receive: (bytes: Uint8Array) => void): void {
    if (data === FAREWELL) this.#end(closedByPeer());
    else if (data instanceof ArrayBuffer && data.byteLength <= MAX_PACKET_BYTES)
      receive(new Uint8Array(data));
    else this.#end(malformedPacket());
  }

  #end(error: BonafideError | undefined): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#listening.abort();
    this.#opening.reject(error ?? pathNotOpen());
    this.#events.close(error);
    if (error || !isOpen(this.#packets)) this.#connection.close();
    else partFrom(this.#connection, this.#packets);
  }
}

// The peer answers the farewell by closing everything, so here it is closed once that is seen.
function partFrom(connection: RTCPeerConnection, packets: RTCDataChannel): void {
  const parted = new AbortController();
  const close = (): void => {
    clearTimeout(timer);
    parted.abort();
    connection.close();
  };
  const timer = setTimeout(close, PARTING_MS);
  packets.addEventListener('close', close, { signal: parted.signal });
  const onMessage = ({ data }: MessageEvent): void => void (data === FAREWELL && close());
  packets.addEventListener('message', onMessage, { signal: parted.signal });
  try {
    packets.send(FAREWELL);
  } catch {
    // It takes no more, so there is nothing left to wait for.
    close();
  }
}

// Who closes it on purpose says farewell.
function connectionLost(): BonafideError {
  return pathLost('The connection to the peer was lost.');
}

function isOpen(channel: RTCDataChannel): boolean {
  return channel.readyState === 'open';
}
