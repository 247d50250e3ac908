import { BonafideError, TimeoutError } from '@bonafide/core';
import type { PeerMessageOf } from '@bonafide/core/models';
import type { DirectPath, openDirectPath } from '../path/direct-path.ts';
import type { assertFingerprint } from '../path/fingerprint.ts';
import type { Path } from '../path/path.ts';
import { agreeRelayKeys, createRelayKey, type RelayKey, type RelayKeys } from '../path/relay-keys.ts';
import type { IceSettings, RtcProvider } from '../rtc/rtc-provider.ts';
import { Negotiation } from './negotiation.ts';
import { givenUp, NO_DIRECT_WAY, readProblem, writeProblem } from './problems.ts';
import { type Conversation, createToken, type OutgoingSignal, type PeerSignalMessage } from './signals.ts';

/** What attempts are made of; the same for all of a connector. */
export interface AttemptTools {
  readonly provider: () => Promise<RtcProvider>;
  readonly ice: IceSettings;
  readonly openDirectPath: typeof openDirectPath;
  readonly assertFingerprint: typeof assertFingerprint;
  readonly openRelayPath: (relay: { readonly did: string; readonly keys: RelayKeys }) => Path;
}

export interface AttemptOptions {
  readonly tools: AttemptTools;
  readonly conversation: Conversation;
  readonly linkId: string;
  /** The offer to answer; absent: this side calls. */
  readonly offer?: PeerMessageOf<'OFFER'> | undefined;
  readonly allowsRelay: boolean;
  readonly timeoutMs: number;
  /** How long a direct way is looked for where a relayed one is left. */
  readonly directTimeoutMs: number;
  /** A way to the peer; another one later where the peer found that the first does not work. */
  readonly onPath: (path: Path) => void;
  /** There is none, or there was one and the peer ended it. Not called after `end` or `release`. */
  readonly onEnd: (error: BonafideError) => void;
}

/** One connection between two peers, from its offer on: it finds a direct path, else a relayed one where both allow it. */
export class Attempt {
  readonly isCaller: boolean;
  readonly connectionId: string;
  readonly linkId: string;
  readonly #options: AttemptOptions;
  readonly #relayKey: RelayKey | undefined;
  #provider: RtcProvider | undefined;
  #connection: RTCPeerConnection | undefined;
  #direct: DirectPath | undefined;
  #negotiation: Negotiation | undefined;
  #relayKeys: RelayKeys | undefined;
  #relayed: Path | undefined;
  #remoteSdp: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #directTimer: ReturnType<typeof setTimeout> | undefined;
  #restartId: string | undefined;
  #hasSpoken = false;
  #state: 'looking' | 'direct' | 'relayed' | 'ended' = 'looking';

  constructor(options: AttemptOptions) {
    const { conversation, linkId, offer, allowsRelay } = options;
    this.#options = options;
    this.isCaller = !offer;
    this.connectionId = conversation.connectionId;
    this.linkId = linkId;
    this.#relayKey = allowsRelay && (!offer || offer.relayKey) ? createRelayKey() : undefined;
  }

  /** The first connection of a link gives the link its name. */
  get beginsLink(): boolean {
    return this.linkId === this.connectionId;
  }

  get isRelayed(): boolean {
    return this.#state === 'relayed';
  }

  begin(): void {
    const { offer, timeoutMs } = this.#options;
    this.#timer = setTimeout(() => {
      this.#fail(new TimeoutError(`There was no way to the peer within ${timeoutMs} ms.`));
    }, timeoutMs);
    this.#do(() => (offer ? this.#answer(offer) : this.#call()));
  }

  /** What the peer says about this connection. */
  receive(message: PeerSignalMessage): void {
    if (this.#state === 'ended') return;
    if (message.type === 'ERROR') this.#hearError(message);
    else if (message.type === 'ANSWER') this.#do(() => this.#takeAnswer(message));
    else if (message.type === 'ICE_CANDIDATE') this.#do(async () => this.#negotiation?.addCandidate(message));
    else this.#do(() => this.#answerRestart(message));
  }

  /** Gives it up with its path, and tells the peer why, where there is something to tell. */
  end(error?: BonafideError): void {
    if (this.#state === 'ended') return;
    if (error) this.#tell(error);
    this.release();
    this.#direct?.path.close();
    this.#relayed?.close();
    if (!this.#direct) this.#connection?.close();
  }

  /** The path goes on, or ends, without it. */
  release(): void {
    if (this.#state !== 'relayed') this.#relayed?.close();
    this.#state = 'ended';
    clearTimeout(this.#timer);
    clearTimeout(this.#directTimer);
    this.#options.conversation.close();
  }

  async #call(): Promise<void> {
    const negotiation = await this.#prepare();
    const sdp = await negotiation?.createOffer();
    if (sdp === undefined || this.#state === 'ended') return;
    const { linkId } = this;
    await this.#send({ type: 'OFFER', sdp, linkId, isRestart: false, ...this.#ownRelayKey() });
  }

  async #answer(offer: PeerMessageOf<'OFFER'>): Promise<void> {
    const negotiation = await this.#prepare();
    this.#remoteSdp = offer.sdp;
    const sdp = await negotiation?.answer(offer.sdp);
    if (sdp === undefined || this.#state === 'ended') return;
    // Before the answer: the caller may relay at once.
    this.#agree(offer.relayKey);
    const sent = this.#send({ type: 'ANSWER', correlationId: offer.id, sdp, ...this.#ownRelayKey() });
    negotiation?.release();
    await sent;
  }

  async #takeAnswer({ correlationId, sdp, relayKey }: PeerMessageOf<'ANSWER'>): Promise<void> {
    const isRestart = this.#restartId !== undefined && correlationId === this.#restartId;
    if (!this.isCaller || (this.#remoteSdp !== undefined && !isRestart)) return;
    this.#remoteSdp = sdp;
    if (isRestart) this.#restartId = undefined;
    else this.#agree(relayKey);
    await this.#negotiation?.takeAnswer(sdp);
  }

  async #prepare(): Promise<Negotiation | undefined> {
    const { provider, ice, openDirectPath: open } = this.#options.tools;
    this.#provider = await provider();
    if (this.#state === 'ended') return undefined;
    const connection = this.#provider.createConnection(ice, this.#options.offer?.sdp);
    this.#connection = connection;
    this.#negotiation = new Negotiation(connection, (candidate) => this.#do(() => this.#send(candidate)));
    const direct = open(connection);
    this.#direct = direct;
    direct.opened.then(
      () => this.#takeDirect(direct, connection),
      (error: unknown) => this.#loseDirect(BonafideError.from(error)),
    );
    connection.addEventListener('connectionstatechange', () => this.#do(() => this.#restart(connection)));
    return this.#negotiation;
  }

  #takeDirect({ path }: DirectPath, connection: RTCPeerConnection): void {
    if (this.#state !== 'looking') return;
    try {
      this.#options.tools.assertFingerprint(connection, this.#remoteSdp ?? '');
    } catch (error) {
      this.#fail(BonafideError.from(error));
      return;
    }
    this.#settle('direct', path);
  }

  #loseDirect(error: BonafideError): void {
    if (this.#state !== 'looking') return;
    if (this.#relayKeys) this.#goRelayed(this.#relayKeys, error);
    else this.#fail(error);
  }

  #goRelayed(keys: RelayKeys, error?: BonafideError): void {
    // The peer may still hope for a direct way: both have to go on over the same.
    if (error) this.#tell(new BonafideError(NO_DIRECT_WAY, 'There was no direct way.', { cause: error }));
    this.#settle('relayed', this.#openRelayed(keys));
    this.#direct?.path.close();
  }

  #settle(state: 'direct' | 'relayed', path: Path): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#directTimer);
    this.#state = state;
    this.#options.onPath(path);
  }

  #openRelayed(keys: RelayKeys): Path {
    const { tools, conversation } = this.#options;
    this.#relayed ??= tools.openRelayPath({ did: conversation.did, keys });
    return this.#relayed;
  }

  // The caller speaks first on a relayed path, so only the callee has to have it before it is needed.
  #agree(theirs: string | undefined): void {
    const own = this.#relayKey;
    if (!own || theirs === undefined) return;
    const { connectionId, isCaller } = this;
    const { directTimeoutMs } = this.#options;
    const keys = agreeRelayKeys({ own, theirs, connectionId, isCaller });
    this.#relayKeys = keys;
    if (!isCaller) this.#openRelayed(keys);
    this.#directTimer = setTimeout(() => {
      this.#loseDirect(new TimeoutError(`There was no direct way within ${directTimeoutMs} ms.`));
    }, directTimeoutMs);
  }

  #hearError(message: PeerMessageOf<'ERROR'>): void {
    const error = readProblem(message, 'peer');
    const isRefusedRestart = this.#restartId !== undefined && message.correlationId === this.#restartId;
    if (isRefusedRestart) this.#direct?.path.close();
    else if (error.code !== NO_DIRECT_WAY || !this.#relayKeys) this.#stop(error);
    else if (this.#state !== 'relayed') this.#goRelayed(this.#relayKeys);
  }

  /** New ICE credentials while the network changes: the path goes on, where both implementations can. */
  async #restart(connection: RTCPeerConnection): Promise<void> {
    if (this.#state !== 'direct' || !this.isCaller || !this.#provider?.canRestartIce) return;
    if (connection.connectionState !== 'disconnected' || this.#restartId !== undefined) return;
    const id = createToken();
    // Until it is answered, also where the old way works again before: the peer has given that up by then.
    this.#restartId = id;
    try {
      const sdp = await this.#negotiation?.createOffer({ iceRestart: true });
      if (sdp) await this.#send({ type: 'OFFER', id, sdp, linkId: this.linkId, isRestart: true });
    } catch (error) {
      // The next loss may find the gateway again.
      if (this.#restartId === id) this.#restartId = undefined;
      throw error;
    }
  }

  async #answerRestart({ id, sdp, isRestart }: PeerMessageOf<'OFFER'>): Promise<void> {
    if (this.isCaller || !isRestart) return;
    if (this.#state !== 'direct' || !this.#provider?.canRestartIce) {
      const error = new BonafideError('UNSUPPORTED', 'This connection can only be replaced, not restarted.');
      await this.#send(writeProblem(error, id));
      return;
    }
    const answer = await this.#negotiation?.answer(sdp);
    if (!answer) return;
    const sent = this.#send({ type: 'ANSWER', correlationId: id, sdp: answer });
    this.#negotiation?.release();
    await sent;
  }

  #ownRelayKey(): { readonly relayKey?: string } {
    return this.#relayKey ? { relayKey: this.#relayKey.publicKey } : {};
  }

  #send(message: OutgoingSignal): Promise<void> {
    this.#hasSpoken = true;
    return this.#options.conversation.send(message);
  }

  #tell(error: BonafideError): void {
    if (!this.#hasSpoken && this.isCaller) return;
    // A peer that cannot be told finds out by itself.
    this.#send(writeProblem(error, this.#options.offer?.id)).catch(() => undefined);
  }

  #do(step: () => Promise<void> | undefined): void {
    const run = async (): Promise<void> => step();
    run().catch((error: unknown) => this.#failStep(error));
  }

  // Once there is a path, what goes wrong beside it is left to the path: it says itself when it ends.
  #failStep(error: unknown): void {
    if (this.#state === 'looking') this.#fail(asAttemptError(error));
  }

  #fail(error: BonafideError): void {
    if (this.#state === 'ended') return;
    if (error.code !== 'NOT_FOUND') this.#tell(error);
    this.#stop(error);
  }

  #stop(error: BonafideError): void {
    if (this.#state === 'ended') return;
    this.end();
    this.#options.onEnd(error);
  }
}

// WebRTC throws DOMExceptions for descriptions that it cannot use.
function asAttemptError(error: unknown): BonafideError {
  if (BonafideError.is(error)) return error;
  const { details } = givenUp('');
  return new BonafideError('UNAVAILABLE', 'WebRTC refused what the peer or this side described.', {
    details,
    cause: error,
  });
}
