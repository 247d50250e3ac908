import { ConnectionError } from '@bonafide/core/errors';
import type { openDirectPath } from '../path/direct-path.ts';
import type { Path, PathListener } from '../path/path.ts';
import { closedByPeer } from '../path/path-errors.ts';
import { PathEvents } from '../path/path-events.ts';
import type { RtcProvider } from '../rtc/rtc-provider.ts';
import { createMemoryPaths } from './memory-paths.ts';

/** WebRTC without a network, for orders of events that a real one shows once in a thousand runs. */
export class FakeRtc {
  /** False: candidates lead nowhere. */
  isReachable = true;
  /** Finding no way takes no time. */
  failsFast = false;
  readonly connections: FakeConnection[] = [];
  readonly provider: RtcProvider;

  constructor({ canRestartIce = false } = {}) {
    this.provider = {
      name: 'fake',
      canRestartIce,
      createConnection: () => {
        const connection = new FakeConnection(this, String(this.connections.length + 1));
        this.connections.push(connection);
        return connection as unknown as RTCPeerConnection;
      },
    };
  }

  get open(): readonly FakeConnection[] {
    return this.connections.filter(({ connectionState }) => connectionState !== 'closed');
  }

  readonly openDirectPath: typeof openDirectPath = (connection) => {
    const { path, opened } = connection as unknown as FakeConnection;
    return { path, opened };
  };

  /** Breaks every path, as a network that goes away. */
  cut(): void {
    for (const { path } of this.open) path.break();
  }
}

export class FakeConnection extends EventTarget {
  readonly id: string;
  readonly path: LatePath;
  readonly #rtc: FakeRtc;
  readonly #opening = Promise.withResolvers<void>();
  connectionState: RTCPeerConnectionState = 'new';
  /** Generation of the ICE credentials. */
  restarts = 0;
  /** How often it was told what the other side is. */
  descriptions = 0;
  candidates = 0;
  /** Those that came before the description they belong to, or are none. */
  refusedCandidates = 0;
  #remote: FakeConnection | undefined;
  #remoteGeneration: string | undefined;
  #hasRemoteCandidate = false;

  constructor(rtc: FakeRtc, id: string) {
    super();
    this.#rtc = rtc;
    this.id = id;
    this.path = new LatePath(() => this.#end());
    this.opened.catch(() => undefined);
  }

  get opened(): Promise<void> {
    return this.#opening.promise;
  }

  async createOffer({ iceRestart = false } = {}): Promise<RTCSessionDescriptionInit> {
    if (iceRestart) this.restarts += 1;
    return { type: 'offer', sdp: this.#describe() };
  }

  async createAnswer(): Promise<RTCSessionDescriptionInit> {
    return { type: 'answer', sdp: this.#describe() };
  }

  async setLocalDescription(): Promise<void> {
    for (const candidate of [
      { candidate: `candidate:${this.id}/${this.restarts}`, sdpMid: '0', sdpMLineIndex: 0 },
      null,
    ]) {
      this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate }));
    }
  }

  async setRemoteDescription({ sdp = '' }: RTCSessionDescriptionInit): Promise<void> {
    // As the real one does, now and then.
    if (/^a=candidate:/m.test(sdp)) throw new DOMException('Got a remote candidate without ICE transport.');
    const [, id] = /^a=fingerprint:sha-256 (\d+)/m.exec(sdp) ?? [];
    const remote = this.#rtc.connections.find((connection) => connection.id === id);
    if (!remote) throw new DOMException('This is no description.');
    this.descriptions += 1;
    this.#remote = remote;
    this.#remoteGeneration = /^a=generation:(\d+)/m.exec(sdp)?.[1];
    if (this.restarts > 0 || remote.restarts > 0) this.become('connected');
  }

  async addIceCandidate({ candidate }: RTCIceCandidateInit): Promise<void> {
    this.candidates += 1;
    if (candidate !== `candidate:${this.#remote?.id}/${this.#remoteGeneration}`) {
      this.refusedCandidates += 1;
      throw new DOMException('This is no candidate of the remote description.');
    }
    if (!this.#remote) return;
    this.#hasRemoteCandidate = true;
    this.#meet(this.#remote);
  }

  close(): void {
    this.path.close();
    this.#end();
  }

  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
  }

  #describe(): string {
    return `v=0\r\na=fingerprint:sha-256 ${this.id}\r\na=generation:${this.restarts}\r\na=candidate:${this.id}\r\na=end-of-candidates\r\n`;
  }

  #meet(remote: FakeConnection): void {
    const isMutual = remote.#remote === this && this.#hasRemoteCandidate;
    if (isMutual && !this.#rtc.isReachable && this.#rtc.failsFast) this.path.break();
    if (!isMutual || !this.#rtc.isReachable || this.connectionState !== 'new') return;
    if (remote.connectionState !== 'new') return;
    const { here, there } = createMemoryPaths();
    this.#open(here);
    remote.#open(there);
  }

  #open(path: Path): void {
    this.become('connected');
    this.path.open(path);
    setImmediate(() => this.#opening.resolve());
  }

  #end(): void {
    this.connectionState = 'closed';
    this.#opening.reject(closedByPeer());
  }
}

/** A path that is there before it is open. */
class LatePath implements Path {
  readonly kind = 'direct';
  readonly #onEnd: () => void;
  readonly #events = new PathEvents(() => this.close());
  #path: Path | undefined;
  #isEnded = false;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  get isOpen(): boolean {
    return !this.#isEnded && this.#path?.isOpen === true;
  }

  get bufferedBytes(): number {
    return this.#path?.bufferedBytes ?? 0;
  }

  open(path: Path): void {
    this.#path = path;
    path.listen({
      onPacket: (packet) => this.#events.packet(packet),
      onDatagram: (packet) => this.#events.datagram(packet),
      onDrain: () => this.#events.drain(),
      onClose: (error) => this.#end(error),
    });
  }

  send(packet: Uint8Array): void {
    if (!this.isOpen) throw closedByPeer();
    this.#path?.send(packet);
  }

  sendDatagram(packet: Uint8Array): void {
    this.#path?.sendDatagram(packet);
  }

  close(): void {
    this.#path?.close();
    this.#end(undefined);
  }

  break(): void {
    this.#end(new ConnectionError('The network is gone.'));
    this.#path?.close();
  }

  listen(listener: PathListener): void {
    this.#events.listen(listener);
  }

  #end(error: ConnectionError | ReturnType<typeof closedByPeer> | undefined): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#events.close(error);
    this.#onEnd();
  }
}
