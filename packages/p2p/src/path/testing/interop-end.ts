import type { BonafideError } from '@bonafide/core/errors';
import { loadRtcProvider } from '#rtc';
import { openDirectPath } from '../direct-path.ts';
import { assertFingerprint } from '../fingerprint.ts';
import { HIGH_WATER_BYTES, LOW_WATER_BYTES, MAX_PACKET_BYTES } from '../path.ts';

const sizes = [4, 100, 1_200, 4_096, MAX_PACKET_BYTES];
const NUMBER_BYTES = 4;

export interface Received {
  readonly packets: number;
  readonly bytes: number;
  /** Of the first packet that was not the next, or changed. */
  readonly wrong: number | undefined;
  readonly datagrams: readonly number[];
}

/** One end of a direct path that is told what to do in JSON, so that it is the same in Node and in a page. */
export interface InteropEnd {
  offer(): Promise<string>;
  answer(offer: string): Promise<string>;
  accept(answer: string): Promise<void>;
  addCandidate(candidate: RTCIceCandidateInit): Promise<void>;
  opened(): Promise<void>;
  /** Throws unless the peer is who signed this. */
  check(signedSdp: string): Promise<void>;
  send(count: number): Promise<{ readonly mostBuffered: number; readonly drains: number }>;
  sendDatagram(size: number): Promise<void>;
  /** Once so many came. */
  received(wanted: { readonly packets: number; readonly datagrams: number }): Promise<Received>;
  close(): Promise<void>;
  /** Code of the error with which it ended. */
  closed(): Promise<string | undefined>;
}

/** An end in this realm; what it finds out about its addresses goes to `onCandidate`. */
export async function createInteropEnd(
  onCandidate: (candidate: RTCIceCandidateInit) => void,
): Promise<InteropEnd> {
  const rtc = await loadRtcProvider();
  const connection = rtc.createConnection({ bindAddress: '127.0.0.1' });
  connection.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate) onCandidate({ candidate: candidate.candidate, sdpMid: candidate.sdpMid });
  });
  const { path, opened } = openDirectPath(connection);
  const { received, drained, closed } = listen(path);
  return {
    async offer() {
      const offer = await connection.createOffer();
      await connection.setLocalDescription(offer);
      return offer.sdp ?? '';
    },
    async answer(sdp) {
      await connection.setRemoteDescription({ type: 'offer', sdp });
      const answer = await connection.createAnswer();
      await connection.setLocalDescription(answer);
      return answer.sdp ?? '';
    },
    accept: (sdp) => connection.setRemoteDescription({ type: 'answer', sdp }),
    addCandidate: (candidate) => connection.addIceCandidate(candidate),
    opened: () => opened,
    check: async (signedSdp) => assertFingerprint(connection, signedSdp),
    async send(count) {
      let [mostBuffered, drains] = [0, 0];
      for (let number = 0; number < count; number++) {
        if (path.bufferedBytes > HIGH_WATER_BYTES) {
          await drained(() => path.bufferedBytes <= LOW_WATER_BYTES);
          drains++;
        }
        path.send(numbered(number));
        mostBuffered = Math.max(mostBuffered, path.bufferedBytes);
      }
      return { mostBuffered, drains };
    },
    sendDatagram: async (size) => path.sendDatagram(new Uint8Array(size)),
    received,
    close: async () => path.close(),
    closed: async () => (await closed)?.code,
  };
}

type Listened = Pick<ReturnType<typeof openDirectPath>['path'], 'listen'>;

function listen(path: Listened) {
  const waiting = new Set<() => void>();
  const until = (isEnough: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!isEnough()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  const check = (): void => {
    for (const look of waiting) look();
  };
  let [packets, bytes]: [number, number] = [0, 0];
  let wrong: number | undefined;
  const datagrams: number[] = [];
  const { promise: closed, resolve: onClose } = Promise.withResolvers<BonafideError | undefined>();
  path.listen({
    onPacket(packet) {
      if (!isSame(packet, numbered(packets))) wrong ??= packets;
      packets += 1;
      bytes += packet.length;
      check();
    },
    onDatagram(datagram) {
      datagrams.push(datagram.length);
      check();
    },
    onDrain: check,
    onClose,
  });
  const received = async (wanted: { readonly packets: number; readonly datagrams: number }) => {
    await until(() => packets >= wanted.packets && datagrams.length >= wanted.datagrams);
    return { packets, bytes, wrong, datagrams };
  };
  return { received, drained: until, closed };
}

function numbered(number: number): Uint8Array {
  const packet = new Uint8Array(sizes[number % sizes.length] ?? NUMBER_BYTES).fill(number % 251);
  new DataView(packet.buffer).setUint32(packet.length - NUMBER_BYTES, number);
  return packet;
}

function isSame(packet: Uint8Array, expected: Uint8Array): boolean {
  return packet.length === expected.length && packet.every((byte, index) => byte === expected[index]);
}
