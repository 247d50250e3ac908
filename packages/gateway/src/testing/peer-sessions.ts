import { encodeEnvelope, type SignEnvelopeOptions, type Signer, signEnvelope } from '@bonafide/core/identity';
import { PEER_SIGNAL, type PeerMessage } from '@bonafide/core/models';
import type { Welcome } from '@bonafide/core/protocol';
import { connectRaw, type HelloChange, type RawSocket } from './session-client.ts';
import type { Body, TestGateway } from './test-gateway.ts';

type SignOptions = Parameters<typeof signEnvelope>[1];
type Gateway = Pick<TestGateway, 'url'> & { readonly gateway: { readonly did: string } };

/** How a signal differs from a right one. */
interface SignalChange extends Omit<Partial<SignEnvelopeOptions>, 'expiresInSeconds'> {
  readonly signer?: Signer;
  readonly payload?: object;
  readonly expiresInSeconds?: number | undefined;
}

/** A session with what tests of peers do all the time. */
export interface PeerSession extends AsyncDisposable {
  readonly raw: RawSocket & { readonly welcome: Welcome };
  readonly did: string;
  /** A signal as text. */
  write(to: string, message: Body, change?: SignalChange): Promise<string>;
  /** Sends a signal; resolves with its text once it was handed on, or rejects with the problem. */
  signal(to: string, message: Body, change?: SignalChange): Promise<string>;
  /** Sends text as the body of a signal. */
  sendBody(to: string, body: string): Promise<string>;
  register(terms?: { readonly allowsRelay?: boolean }): Promise<string>;
  relay(to: string, body: string): number;
  /** The next signal, as it came. */
  take(): Promise<{ readonly from: Body; readonly text: string; readonly message: PeerMessage }>;
  refusal(n: number): Promise<Body>;
}

let ids = 0;
/** An id that no other message of this process has. */
export const freshId = (): string => `message-${++ids}`;

/** Opens a session of an agent; it takes no peer connections yet. */
export async function openPeer(
  { url, gateway }: Gateway,
  { signer }: { readonly signer: Signer },
  change: HelloChange = {},
): Promise<PeerSession> {
  const raw = await connectRaw(url, { proof: { signer }, ...change });
  let n = 0;
  const sendBody: PeerSession['sendBody'] = async (to, body) => {
    const mine = ++n;
    raw.sendText(`${JSON.stringify({ t: 'peer', n: mine, to })}\n${body}\n`);
    const isMine = (frame: { readonly n: number }) => frame.n === mine;
    const failed = raw.next('refused', isMine).then(({ frame }) => {
      throw Object.assign(new Error(frame.problem.detail), frame.problem);
    });
    const done = raw.next('peered', isMine).then(() => body);
    // Whichever does not come is rejected when the connection ends.
    for (const promise of [failed, done]) promise.catch(() => undefined);
    return Promise.race([done, failed]);
  };
  const write: PeerSession['write'] = async (to, message, { payload, ...options } = {}) => {
    const content = { version: 1, to, message: { id: freshId(), ...message }, ...payload };
    const defaults = { signer, type: PEER_SIGNAL, expiresInSeconds: 60 };
    return encodeEnvelope(await signEnvelope(content, { ...defaults, ...options } as SignOptions));
  };
  const signal: PeerSession['signal'] = async (to, message, change) =>
    sendBody(to, await write(to, message, change));
  return {
    ...{ raw, did: signer.did, write, signal, sendBody },
    register: ({ allowsRelay = true } = {}) => signal(gateway.did, { type: 'REGISTER', allowsRelay }),
    relay(to, body) {
      raw.sendText(`${JSON.stringify({ t: 'relay', n: ++n, to })}\n${body}\n`);
      return n;
    },
    async take() {
      const { frame, body } = await raw.next('peer');
      return { from: frame.from, text: encodeEnvelope(body), message: body.payload.message };
    },
    async refusal(of) {
      const { frame } = await raw.next('refused', (each) => each.n === of);
      return frame.problem;
    },
    [Symbol.asyncDispose]: () => raw[Symbol.asyncDispose](),
  };
}

/** The same, ready for peers. */
export async function openRegistered(
  gateway: Gateway,
  agent: { readonly signer: Signer },
  change: HelloChange & { readonly allowsRelay?: boolean } = {},
): Promise<PeerSession> {
  const { allowsRelay = true, ...hello } = change;
  const session = await openPeer(gateway, agent, hello);
  await session.register({ allowsRelay });
  return session;
}

/** Both name a key for sealed packets, after which the gateway carries those; the keys seal nothing here. */
export async function agreeToRelay(one: PeerSession, other: PeerSession): Promise<void> {
  const named = { sdp: 'v=0', relayKey: Buffer.alloc(32, 1).toString('base64url') };
  await one.signal(other.did, { type: 'OFFER', linkId: 'l'.repeat(16), ...named });
  await other.take();
  await other.signal(one.did, { type: 'ANSWER', ...named });
  await one.take();
}
