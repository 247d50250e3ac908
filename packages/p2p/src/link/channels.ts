import { BonafideError } from '@bonafide/core/errors';
import type { Channel, ChannelOptions } from '../exchange/types.ts';
import { encodeText, randomInstance } from './frames.ts';
import type { Link, LinkStream } from './link.ts';
import { OrderedChannel } from './ordered-channel.ts';
import { broken } from './problems.ts';
import { UnorderedChannel } from './unordered-channel.ts';

/** `c:o:LABEL`, or `c:u:ID:LABEL` with the id of its datagrams. */
const LABEL = /^c:(?:o|u:(?<id>[0-9a-z]{8})):(?<label>.+)$/su;
/** First byte of the side that takes a channel. */
const TAKEN = encodeText('1');

interface ChannelRequest {
  readonly label: string;
  /** Of an unordered one. */
  readonly id: string | undefined;
}

/** Resolves once the other side took it; rejects with NOT_FOUND when it takes none of this label. */
export async function openChannel(link: Link, label: string, options: ChannelOptions = {}): Promise<Channel> {
  const id = options.isOrdered === false ? randomInstance() : undefined;
  const stream = link.openStream(id === undefined ? `c:o:${label}` : `c:u:${id}:${label}`);
  const bytes = stream.readable[Symbol.asyncIterator]();
  const taken = await bytes.next();
  if (taken.done) throw notTaken(stream);
  if (taken.value[0] !== TAKEN[0]) throw misunderstood(stream);
  const incoming = readOn(bytes, taken.value.subarray(TAKEN.length));
  return createChannel(link, { request: { label, id }, stream, incoming });
}

export interface ChannelAcceptor {
  /** Whether a channel of this label is wanted; if not, the other side is told that there is none. */
  readonly takes: (label: string) => boolean;
  readonly onChannel: (channel: Channel) => void;
}

/** Takes channels that the other side opens. */
export function acceptChannels(link: Link, { takes, onChannel }: ChannelAcceptor): () => void {
  return link.onStream((stream) => {
    const request = parseLabel(stream.label);
    if (!request || !takes(request.label)) return false;
    // Before anything that is sent on it.
    stream.write(TAKEN).catch(ignore);
    onChannel(createChannel(link, { request, stream, incoming: stream.readable }));
    return true;
  });
}

interface Opened {
  readonly request: ChannelRequest;
  readonly stream: LinkStream;
  readonly incoming: AsyncIterable<Uint8Array>;
}

function createChannel(link: Link, { request, stream, incoming }: Opened): Channel {
  const { label, id } = request;
  if (id === undefined) return new OrderedChannel({ label, stream, incoming });
  return new UnorderedChannel({ label, stream, incoming, link, datagramLabel: `c:${id}` });
}

function parseLabel(text: string): ChannelRequest | undefined {
  const groups = LABEL.exec(text)?.groups;
  return groups?.label === undefined ? undefined : { label: groups.label, id: groups.id };
}

async function* readOn(
  bytes: AsyncIterator<Uint8Array>,
  first: Uint8Array,
): AsyncGenerator<Uint8Array, void> {
  if (first.length > 0) yield first;
  yield* { [Symbol.asyncIterator]: () => bytes };
}

function notTaken(stream: LinkStream): BonafideError {
  const error = new BonafideError('UNAVAILABLE', 'The peer ended the channel before it took it.');
  stream.abort(error);
  return error;
}

function misunderstood(stream: LinkStream): BonafideError {
  const error = broken('a channel does not begin as one');
  stream.abort(error);
  return error;
}

function ignore(): void {
  // The channel tells whoever uses it.
}
