// One side of a connection of plain node-datachannel, on a host of the lab: signals are lines of JSON.
import { createInterface } from 'node:readline';
import { RTCPeerConnection } from 'node-datachannel/polyfill';

interface Start {
  readonly isCaller: boolean;
  readonly configuration: RTCConfiguration;
}
type Signal =
  | { readonly description: { readonly type: 'offer' | 'answer'; readonly sdp: string } }
  | { readonly candidate: { readonly candidate: string; readonly sdpMid: string | null } };

const say = (message: object): void => void process.stdout.write(`${JSON.stringify(message)}\n`);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async () => JSON.parse((await lines.next()).value ?? '');

const { isCaller, configuration }: Start = await next();
const connection = new RTCPeerConnection(configuration);
const held: Signal[] = [];
// The offerer's candidates wait for the answer: else its first DTLS packet may be lost, and is sent again a second later.
let holds = isCaller;
const signal = (message: Signal): void => {
  if (holds && 'candidate' in message) held.push(message);
  else say(message);
};
connection.onicecandidate = ({ candidate }) => {
  if (candidate?.candidate)
    signal({ candidate: { candidate: candidate.candidate, sdpMid: candidate.sdpMid } });
};
const channel = connection.createDataChannel('lab', { negotiated: true, id: 0 });
channel.onmessage = ({ data }) => {
  if (isCaller) finish(String(data));
  else channel.send(String(data).toUpperCase());
};
channel.onopen = () => isCaller && channel.send('hello');

function finish(answer: string): void {
  const pair = connection.selectedCandidatePair();
  say({ answer, local: pair?.local, remote: pair?.remote });
}

const describe = async (made: Promise<RTCSessionDescriptionInit>): Promise<void> => {
  const { type, sdp = '' } = await made;
  // The caller is the DTLS client: a server that has the only TURN allocation may deadlock.
  const description = { type: type as 'offer' | 'answer', sdp: sdp.replace('setup:actpass', 'setup:active') };
  signal({ description });
};
if (isCaller) await describe(connection.createOffer());
const early: RTCIceCandidateInit[] = [];
for (let message: Signal = await next(); ; message = await next()) {
  if ('description' in message) {
    await connection.setRemoteDescription(message.description);
    if (!isCaller) await describe(connection.createAnswer());
    holds = false;
    for (const each of held) say(each);
    for (const each of early.splice(0)) await connection.addIceCandidate(each);
  } else if (connection.remoteDescription.sdp) await connection.addIceCandidate(message.candidate);
  else early.push(message.candidate);
}
