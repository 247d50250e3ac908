import { createHash } from 'node:crypto';
import { Negotiation } from '../connection/negotiation.ts';
import { createLink } from '../link/create-link.ts';
import type { LinkStream } from '../link/link.ts';
import { openDirectPath } from '../path/direct-path.ts';
import { MAX_PACKET_BYTES } from '../path/path.ts';
import { loadRtcProvider } from '../rtc/node-rtc.ts';

/**
 * One of two processes that move bytes over a link with real direct paths. Whoever started both passes on every `signal`
 * to the other one; `ready`, `connected`, `half` and `done` are for the starter.
 */
type Told =
  | { readonly type: 'connect' | 'cut' | 'transfer' }
  | { readonly type: 'signal'; readonly signal: Signal };
type Signal =
  | { readonly type: 'offer' | 'answer'; readonly sdp: string }
  | Parameters<Negotiation['addCandidate']>[0];

const isCaller = process.argv[2] === 'caller';
const totalBytes = Number(process.argv[3]);

const link = createLink({ linkId: 'link-between-processes', isCaller });
const provider = await loadRtcProvider();
let connection: RTCPeerConnection | undefined;
let negotiation: Negotiation | undefined;

function say(message: object): void {
  process.send?.(message);
}

function signal(body: object): void {
  say({ type: 'signal', signal: body });
}

function describe(type: 'offer' | 'answer', sdp: string): void {
  // Candidates come on their own; libdatachannel now and then takes none that are in a description.
  signal({ type, sdp: sdp.replace(/^a=(?:candidate:.*|end-of-candidates)\r?\n/gm, '') });
}

function connect(): Negotiation {
  connection = provider.createConnection({ iceServers: [], bindAddress: '127.0.0.1' });
  negotiation = new Negotiation(connection, (candidate) => signal({ id: 'candidate', ...candidate }));
  const { path, opened } = openDirectPath(connection);
  void opened.then(() => {
    link.attach(path);
    say({ type: 'connected' });
  });
  return negotiation;
}

async function receive(received: Signal): Promise<void> {
  if (received.type === 'ICE_CANDIDATE') await negotiation?.addCandidate(received);
  else if (received.type === 'answer') await negotiation?.takeAnswer(received.sdp);
  else {
    const answering = connect();
    describe('answer', await answering.answer(received.sdp));
    answering.release();
  }
}

/** What both ends have in common: the digest of all bytes, and how much memory they took at most. */
class Tally {
  readonly #digest = createHash('sha256');
  readonly #begun = process.memoryUsage.rss();
  #largest = this.#begun;
  bytes = 0;

  add(bytes: Uint8Array): void {
    this.#digest.update(bytes);
    this.bytes += bytes.length;
    this.#largest = Math.max(this.#largest, process.memoryUsage.rss());
  }

  report(): void {
    say({ type: 'done', digest: this.#digest.digest('hex'), grownBytes: this.#largest - this.#begun });
  }
}

async function write(): Promise<void> {
  const tally = new Tally();
  const stream = link.openStream('transfer');
  const chunk = Buffer.alloc(MAX_PACKET_BYTES, 'from peer to peer ');
  while (tally.bytes < totalBytes) {
    chunk.writeUInt32BE(tally.bytes / chunk.length);
    tally.add(chunk);
    await stream.write(chunk);
  }
  await stream.end();
  tally.report();
}

async function read(stream: LinkStream): Promise<void> {
  const tally = new Tally();
  for await (const bytes of stream.readable) {
    const before = tally.bytes;
    tally.add(bytes);
    if (before < totalBytes / 2 && tally.bytes >= totalBytes / 2) say({ type: 'half' });
  }
  await stream.end();
  tally.report();
}

link.onStream((stream) => {
  void read(stream);
  return true;
});

process.on('message', async (told: Told) => {
  if (told.type === 'signal') await receive(told.signal);
  else if (told.type === 'connect') describe('offer', await connect().createOffer());
  else if (told.type === 'cut') connection?.close();
  else await write();
});
say({ type: 'ready' });
