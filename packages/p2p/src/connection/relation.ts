import { BonafideError, TimeoutError } from '@bonafide/core';
import type { createLink } from '../link/create-link.ts';
import type { Link } from '../link/link.ts';
import type { Path } from '../path/path.ts';
import type { Accept } from './accept.ts';
import { Attempt, type AttemptOptions, type AttemptTools } from './attempt.ts';
import type { LinkedPeer, PeerIdentity } from './connector.ts';
import { observePath } from './observed-path.ts';
import { PathKeeper } from './path-keeper.ts';
import { givenUp, linkReplaced, linkUnknown, notAccepted, toAborted, writeProblem } from './problems.ts';
import { createToken, type PeerSignalMessage, type Signals, type VerifiedSignal } from './signals.ts';

type Offer = VerifiedSignal<Extract<PeerSignalMessage, { type: 'OFFER' }>>;
type Search = PromiseWithResolvers<void>;

/** A direct way is preferred, but not waited for longer than this where a relayed one is there. */
const LONGEST_DIRECT_MS = 5_000;
/** Where the last path was relayed, a direct one is not expected; it is looked for again while the link goes on. */
const UNLIKELY_DIRECT_MS = 2_000;

export interface RelationOptions {
  readonly ownDid: string;
  readonly did: string;
  readonly signals: Signals;
  readonly tools: AttemptTools;
  readonly createLink: typeof createLink;
  readonly accept: Accept;
  readonly allowsRelay: boolean;
  readonly connectTimeoutMs: number;
  readonly resumeTimeoutMs: number;
  readonly onLinked: (peer: LinkedPeer) => void;
  readonly onError: (error: unknown) => void;
  /** Nothing is left of it. */
  readonly onIdle: () => void;
}

/**
 * All that goes on with one other agent: at most one link, one attempt to call and one to answer. When both call, the one
 * whose DID sorts lower is polite: it gives its own call up and answers; the other ignores what came.
 */
export class Relation {
  readonly #options: RelationOptions;
  readonly #waiting = new Set<PromiseWithResolvers<LinkedPeer>>();
  #identity: PeerIdentity | undefined;
  #link: Link | undefined;
  /** It was connected once; from then on it is worth having, even while it has no path. */
  #hasConnected = false;
  readonly #paths = new Set<Promise<void>>();
  #keeper: PathKeeper | undefined;
  /** Calls the peer; no path yet. */
  #outgoing: Attempt | undefined;
  /** The call that looks for a direct path while the link is relayed. */
  #upgrade: Attempt | undefined;
  /** Answers the peer; no path yet. */
  #incoming: Attempt | undefined;
  /** Made the path there is, or was last. */
  #current: Attempt | undefined;
  /** Whether to answer it is being decided. */
  #asking: Offer | undefined;
  /** Ignored for the sake of the own call; answered after all when that never reached the peer. */
  #ignored: Offer | undefined;
  #search: Search | undefined;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #suspicion: BonafideError | undefined;
  #isClosed = false;

  constructor(options: RelationOptions) {
    this.#options = options;
  }

  async connect(signal: AbortSignal | undefined): Promise<LinkedPeer> {
    const linked = this.#linked();
    if (linked) return linked;
    const waiting = Promise.withResolvers<LinkedPeer>();
    const onAbort = (): void => waiting.reject(toAborted(signal?.reason));
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#waiting.add(waiting);
    this.#startDeadline();
    if (!this.#link && !this.#outgoing && !this.#incoming) this.#call({});
    try {
      return await waiting.promise;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#waiting.delete(waiting);
      if (this.#waiting.size === 0) this.#nobodyWaits();
    }
  }

  receive(signal: VerifiedSignal): void {
    if (this.#isClosed) return;
    this.#identity = signal.from;
    const { message } = signal;
    if (message.type === 'OFFER' && !message.isRestart) this.#hearOffer({ ...signal, message });
    else this.#find(signal.connectionId)?.receive(message);
    this.#checkIdle();
  }

  /** Somebody spoke in the peer's name: if nothing better comes, that is why a call failed. */
  suspect(error: BonafideError): void {
    this.#suspicion ??= error;
  }

  /** The gateway is there again. */
  hurry(): void {
    this.#keeper?.hurry();
  }

  close(error: BonafideError): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const waiting of this.#waiting) waiting.reject(error);
    this.#endAttempts(error);
    this.#link?.close(error);
    this.#checkIdle();
  }

  /** Resolves once the peer has heard that it is over, or did not care to. */
  async untilPathsEnd(): Promise<void> {
    await Promise.all(this.#paths);
  }

  #linked(): LinkedPeer | undefined {
    if (!this.#link || !this.#hasConnected) return undefined;
    return { identity: this.#who, link: this.#link };
  }

  get #who(): PeerIdentity {
    return this.#identity ?? { did: this.#options.did, agentId: '', workspace: '' };
  }

  #startDeadline(): void {
    const { connectTimeoutMs } = this.#options;
    if (!this.#deadline) this.#suspicion = undefined;
    this.#deadline ??= setTimeout(() => {
      this.#refuseWaiting(new TimeoutError(`The peer was not reached within ${connectTimeoutMs} ms.`));
    }, connectTimeoutMs);
  }

  #nobodyWaits(): void {
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    if (this.#outgoing?.beginsLink) {
      this.#outgoing.end(givenUp('The caller gave up.'));
      this.#outgoing = undefined;
    }
    if (!this.#hasConnected && this.#current?.isCaller) this.#link?.close(givenUp('The caller gave up.'));
    this.#checkIdle();
  }

  #call({ linkId, isDirectOnly = false }: { linkId?: string; isDirectOnly?: boolean }): void {
    const connectionId = createToken();
    const allowsRelay = this.#options.allowsRelay && !isDirectOnly;
    this.#outgoing = this.#start({ connectionId, linkId: linkId ?? connectionId, allowsRelay });
    this.#outgoing.begin();
  }

  #hearOffer(signal: Offer): void {
    const { connectionId, message } = signal;
    const begins = message.linkId === connectionId;
    const isWanted = !begins || this.#waiting.size > 0;
    this.#asking = undefined;
    if (!begins && message.linkId !== this.#link?.linkId) this.#refuse(signal, linkUnknown());
    else if (this.#insists(begins)) this.#ignored = signal;
    else if (isWanted) this.#answer(signal);
    else void this.#ask(signal);
  }

  /** Whether the own call goes before an offer: a link that begins ends the old one, so it goes before that one's paths. */
  #insists(begins: boolean): boolean {
    if (!this.#outgoing) return false;
    if (this.#outgoing.beginsLink !== begins) return this.#outgoing.beginsLink;
    return !this.#isPolite;
  }

  get #isPolite(): boolean {
    return this.#options.ownDid < this.#options.did;
  }

  async #ask(signal: Offer): Promise<void> {
    this.#asking = signal;
    const isAccepted = await this.#accepts(signal.from);
    if (this.#asking !== signal || this.#isClosed) return;
    this.#asking = undefined;
    if (!isAccepted) this.#refuse(signal, notAccepted());
    else if (this.#insists(true)) this.#ignored = signal;
    else this.#answer(signal);
    this.#checkIdle();
  }

  async #accepts(peer: PeerIdentity): Promise<boolean> {
    try {
      return await this.#options.accept(peer);
    } catch (error) {
      this.#options.onError(error);
      return false;
    }
  }

  #refuse(signal: Offer, error: BonafideError): void {
    refuseOffer(signal, { signals: this.#options.signals, error });
  }

  #answer({ connectionId, message }: Offer): void {
    this.#outgoing?.end();
    this.#outgoing = undefined;
    this.#incoming?.end(givenUp('The peer called again.'));
    this.#ignored = undefined;
    const { allowsRelay } = this.#options;
    this.#incoming = this.#start({ connectionId, linkId: message.linkId, allowsRelay, offer: message });
    this.#incoming.begin();
  }

  #start(
    about: Pick<AttemptOptions, 'linkId' | 'allowsRelay' | 'offer'> & { readonly connectionId: string },
  ): Attempt {
    const { did, signals, tools, connectTimeoutMs } = this.#options;
    const expectedMs = this.#current?.isRelayed ? UNLIKELY_DIRECT_MS : LONGEST_DIRECT_MS;
    const attempt: Attempt = new Attempt({
      ...about,
      tools,
      conversation: signals.open(did, about.connectionId),
      timeoutMs: connectTimeoutMs,
      directTimeoutMs: Math.min(expectedMs, connectTimeoutMs / 2),
      onPath: (path) => this.#takePath(attempt, path),
      onEnd: (error) => this.#lose(attempt, error),
    });
    this.#search ??= startSearch();
    return attempt;
  }

  #find(connectionId: string): Attempt | undefined {
    const attempts = [this.#outgoing, this.#incoming, this.#current];
    return attempts.find((attempt) => attempt?.connectionId === connectionId);
  }

  #takePath(attempt: Attempt, path: Path): void {
    const before = this.#current;
    this.#current = attempt;
    if (before !== attempt) before?.release();
    if (this.#outgoing === attempt) this.#outgoing = undefined;
    if (this.#incoming === attempt) this.#incoming = undefined;
    this.#ignored = undefined;
    if (this.#link?.linkId !== attempt.linkId) this.#beginLink(attempt);
    this.#attach(path);
    this.#search?.resolve();
    this.#search = undefined;
  }

  #attach(path: Path): void {
    if (!this.#link) {
      path.close();
      return;
    }
    const observed = observePath(path);
    this.#paths.add(observed.ended);
    void observed.ended.then(() => this.#paths.delete(observed.ended));
    this.#link.attach(observed.path);
    this.#keeper?.attached(observed.path, observed.ended);
  }

  #beginLink({ linkId, isCaller }: Attempt): void {
    const { createLink: create, resumeTimeoutMs } = this.#options;
    const old = this.#link;
    this.#link = undefined;
    old?.close(linkReplaced());
    const link = create({ linkId, isCaller });
    const keeper = new PathKeeper({
      link,
      resumeTimeoutMs,
      isPolite: this.#isPolite,
      canUpgrade: () => this.#current?.isCaller === true,
      findPath: (kind) => this.#findPath(link, kind),
    });
    this.#link = link;
    this.#keeper = keeper;
    this.#hasConnected = false;
    link.onChange(() => {
      keeper.update();
      if (this.#link === link) this.#follow(link);
    });
    this.#options.onLinked({ identity: this.#who, link });
  }

  #follow(link: Link): void {
    if (link.state === 'closed') this.#forgetLink(BonafideError.from(link.signal.reason));
    // Any path is better than none.
    if (link.state === 'suspended' && this.#outgoing && this.#outgoing === this.#upgrade) {
      this.#drop(this.#outgoing, givenUp('The relayed path was lost.'));
    }
    if (link.state !== 'connected') return;
    this.#hasConnected = true;
    const linked = { identity: this.#who, link };
    for (const waiting of this.#waiting) waiting.resolve(linked);
  }

  #findPath(link: Link, kind: 'any' | 'direct'): Promise<void> {
    if (this.#link !== link) return Promise.resolve();
    if (!this.#outgoing && !this.#incoming) {
      this.#call({ linkId: link.linkId, isDirectOnly: kind === 'direct' });
      this.#upgrade = kind === 'direct' ? this.#outgoing : undefined;
    }
    return this.#search?.promise ?? Promise.resolve();
  }

  #forgetLink(reason: BonafideError): void {
    this.#link = undefined;
    this.#keeper = undefined;
    this.#current?.release();
    this.#current = undefined;
    for (const attempt of [this.#outgoing, this.#incoming]) {
      if (attempt && !attempt.beginsLink) this.#drop(attempt, givenUp('The link was closed.'));
    }
    if (!this.#outgoing && !this.#incoming) this.#refuseWaiting(reason);
    this.#checkIdle();
  }

  #drop(attempt: Attempt, reason: BonafideError): void {
    attempt.end(reason);
    this.#lose(attempt, reason);
  }

  #lose(attempt: Attempt, error: BonafideError): void {
    const wasAnswer = this.#incoming === attempt;
    if (this.#current === attempt) this.#current = undefined;
    if (this.#outgoing === attempt) this.#outgoing = undefined;
    if (wasAnswer) this.#incoming = undefined;
    const ignored = this.#ignored;
    this.#ignored = undefined;
    if (this.#isClosed || this.#outgoing || this.#incoming) return;
    if (ignored && error.code === 'NOT_FOUND') this.#answer(ignored);
    else if (wasAnswer && this.#waiting.size > 0) this.#call({});
    else this.#failSearch(error);
    this.#checkIdle();
  }

  #failSearch(error: BonafideError): void {
    this.#search?.reject(error);
    this.#search = undefined;
    this.#refuseWaiting(error);
  }

  #refuseWaiting(error: BonafideError): void {
    const reason = error.code === 'TIMEOUT' ? (this.#suspicion ?? error) : error;
    for (const waiting of this.#waiting) waiting.reject(reason);
  }

  #endAttempts(error: BonafideError): void {
    for (const attempt of [this.#outgoing, this.#incoming]) attempt?.end(error);
    this.#outgoing = undefined;
    this.#incoming = undefined;
    this.#search?.reject(error);
    this.#search = undefined;
  }

  #checkIdle(): void {
    const isBusy = this.#link || this.#outgoing || this.#incoming || this.#asking || this.#waiting.size > 0;
    if (!isBusy) this.#options.onIdle();
  }
}

/** Says why an offer is not answered. */
export function refuseOffer(
  { from, connectionId, message }: VerifiedSignal,
  { signals, error }: { readonly signals: Signals; readonly error: BonafideError },
): void {
  const conversation = signals.open(from.did, connectionId);
  // Who cannot be told is gone.
  conversation.send(writeProblem(error, message.id)).catch(() => undefined);
  conversation.close();
}

function startSearch(): Search {
  const search = Promise.withResolvers<void>();
  // Not everybody who looks for a path waits for it.
  search.promise.catch(() => undefined);
  return search;
}
