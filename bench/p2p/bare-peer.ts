// A peer of nothing but node-datachannel: no keys, no permission, nothing that survives its connection.
import { once } from 'node:events';
import { RTCPeerConnection } from 'node-datachannel/polyfill';
import { answerCalls, type PeerMethods, timeEach } from './peer-process.ts';

const HIGH_WATER_BYTES = 262_144;
const LOW_WATER_BYTES = 65_536;
const isCaller = process.argv[2] === 'caller';

interface Signal {
  readonly signal: number;
  readonly description?: RTCSessionDescriptionInit;
  readonly candidate?: RTCIceCandidateInit;
}

interface Bare {
  readonly connection: RTCPeerConnection;
  readonly sink: RTCDataChannel;
  readonly echo: RTCDataChannel;
  readonly early: RTCIceCandidateInit[];
  readonly held: Signal[];
  isDescribed: boolean;
}

const all = new Map<number, Bare>();
const send = (signal: Signal): void => void process.send?.(signal);

function open(id: number): Bare {
  const connection = new RTCPeerConnection({ iceServers: [], bindAddress: '127.0.0.1' } as RTCConfiguration);
  const channel = (name: string, channelId: number): RTCDataChannel => {
    const made = connection.createDataChannel(name, { negotiated: true, id: channelId });
    made.binaryType = 'arraybuffer';
    made.bufferedAmountLowThreshold = LOW_WATER_BYTES;
    return made as unknown as RTCDataChannel;
  };
  const bare: Bare = {
    ...{ connection, sink: channel('sink', 0), echo: channel('echo', 1) },
    ...{ early: [], held: [], isDescribed: false },
  };
  connection.onicecandidate = ({ candidate }) => {
    if (!candidate?.candidate) return;
    const signal = { signal: id, candidate: { candidate: candidate.candidate, sdpMid: candidate.sdpMid } };
    // As ours does: else the first packet of DTLS is often lost, and sent again a second later.
    if (isCaller && !bare.isDescribed) bare.held.push(signal);
    else send(signal);
  };
  if (!isCaller) {
    bare.sink.onmessage = ({ data }) => data === 'end' && bare.sink.send('end');
    bare.echo.onmessage = ({ data }) => bare.echo.send(data);
  }
  all.set(id, bare);
  return bare;
}

async function describe(id: number, made: Promise<RTCSessionDescriptionInit>): Promise<void> {
  const { type, sdp = '' } = await made;
  send({ signal: id, description: { type, sdp } });
}

process.on('message', async ({ signal: id, description, candidate }: Signal) => {
  if (id === undefined) return;
  const bare = all.get(id) ?? open(id);
  if (description) {
    await bare.connection.setRemoteDescription(description);
    if (!isCaller) await describe(id, bare.connection.createAnswer());
    bare.isDescribed = true;
    for (const each of bare.held.splice(0)) send(each);
    for (const each of bare.early.splice(0)) await bare.connection.addIceCandidate(each);
  } else if (candidate && !bare.isDescribed) bare.early.push(candidate);
  else if (candidate) await bare.connection.addIceCandidate(candidate);
});

async function fill({ count, bytes }: { readonly count: number; readonly bytes: number }): Promise<void> {
  const { sink } = first();
  const message = new Uint8Array(bytes);
  for (let index = 0; index < count; index += 1) {
    if (sink.bufferedAmount > HIGH_WATER_BYTES) await once(sink, 'bufferedamountlow');
    sink.send(message);
  }
  sink.send('end');
  await once(sink, 'message');
}

function first(): Bare {
  const [bare] = all.values();
  if (!bare) throw new Error('connect first');
  return bare;
}

answerCalls({
  connect: ({ count }) =>
    timeEach(count, async () => {
      const id = all.size;
      const { connection, sink } = open(id);
      const opened = once(sink, 'open');
      await describe(id, connection.createOffer());
      await opened;
    }),
  send: fill,
  stream: fill,
  ping: ({ count, bytes }) => {
    const { echo } = first();
    const message = new Uint8Array(bytes);
    return timeEach(count, async () => {
      const answered = once(echo, 'message');
      echo.send(message);
      await answered;
    });
  },
} satisfies PeerMethods);
