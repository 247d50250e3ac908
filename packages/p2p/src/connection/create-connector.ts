import { BonafideError, type Signer } from '@bonafide/core';
import type { Session } from '@bonafide/core/session';
import { loadRtcProvider } from '#rtc';
import { createLink } from '../link/create-link.ts';
import type { PeersSettings } from '../network/options.ts';
import { openDirectPath } from '../path/direct-path.ts';
import { assertFingerprint } from '../path/fingerprint.ts';
import { createRelayHub, type RelayHub } from '../path/relay-path.ts';
import { type Accept, createAccept } from './accept.ts';
import type { AttemptTools } from './attempt.ts';
import type { Connector, LinkedPeer, Violation } from './connector.ts';
import { toAborted } from './problems.ts';
import { Registration } from './registration.ts';
import { Relation, refuseOffer } from './relation.ts';
import { Signals, type VerifiedSignal } from './signals.ts';

export interface ConnectorOptions {
  readonly session: Pick<Session, 'signals' | 'gatewayDid' | 'workspace' | 'on' | 'untilDisconnected'>;
  readonly signer: Signer;
  readonly settings: PeersSettings;
  /** What failed and nobody waited for, such as an `accept` that threw. */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** Milliseconds since 1970; default the clock. */
  readonly now?: (() => number) | undefined;
  /** What paths and links are made of; default that of this package. */
  readonly parts?:
    | Partial<Omit<AttemptTools, 'provider' | 'ice'> & { createLink: typeof createLink }>
    | undefined;
}

/** Links to other agents through this session; it registers at once. */
export function createConnector(options: ConnectorOptions): Connector {
  return new LiveConnector(options);
}

class LiveConnector implements Connector {
  readonly #options: ConnectorOptions;
  readonly #ownDid: string;
  readonly #signals: Signals;
  readonly #registration: Registration;
  readonly #accept: Accept;
  readonly #tools: AttemptTools;
  readonly #relations = new Map<string, Relation>();
  readonly #linkedListeners = new Set<(peer: LinkedPeer) => void>();
  readonly #violationListeners = new Set<(violation: Violation) => void>();
  readonly #ending = new AbortController();
  readonly #hub: RelayHub;
  #farewell: Promise<void> | undefined;
  #provider: ReturnType<typeof loadRtcProvider> | undefined;

  constructor(options: ConnectorOptions) {
    const { session, signer, settings, now = Date.now } = options;
    this.#options = options;
    this.#ownDid = signer.did;
    this.#accept = createAccept(settings.accept, () => session.workspace);
    const onViolation = (violation: Violation): void => this.#report(violation);
    this.#hub = createRelayHub(session.signals, { onViolation });
    this.#tools = this.#createTools();
    this.#signals = new Signals({
      port: session.signals,
      signer,
      gatewayDid: () => session.gatewayDid,
      now,
      onPeer: (signal) => this.#receive(signal),
      onGateway: (message) => this.#registration.receive(message),
      onViolation,
    });
    this.#registration = new Registration({
      signals: this.#signals,
      allowsRelay: settings.allowsRelay,
      onReconnect: (listener) => session.on('connected', listener),
      onLost: (error) => this.#end(error),
    });
    const stop = session.on('connected', () => {
      for (const relation of this.#relations.values()) relation.hurry();
    });
    this.signal.addEventListener('abort', stop, { once: true });
    void session.untilDisconnected().then((error) => this.#end(error ?? sessionClosed()));
  }

  get registered(): Promise<void> {
    return this.#registration.registered;
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  async connect(
    did: string,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<LinkedPeer> {
    if (did === this.#ownDid) {
      throw new BonafideError('VALIDATION_FAILED', 'An agent cannot be its own peer.');
    }
    const signal = AbortSignal.any([this.signal, ...(options.signal ? [options.signal] : [])]);
    await orAborted(this.registered, signal);
    return this.#relation(did).connect(signal);
  }

  onLinked(listener: (peer: LinkedPeer) => void): () => void {
    return listen(this.#linkedListeners, listener);
  }

  onViolation(listener: (violation: Violation) => void): () => void {
    return listen(this.#violationListeners, listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end(new BonafideError('UNAVAILABLE', 'The peers were closed here.'));
    await this.#farewell;
  }

  #createTools(): AttemptTools {
    const { settings, parts } = this.#options;
    return {
      provider: () => this.#loadProvider(),
      ice: settings,
      openDirectPath,
      assertFingerprint,
      openRelayPath: (relay) => this.#hub.open(relay),
      ...parts,
    };
  }

  // Loaded when the first connection needs it; a failure may pass, so it is not remembered.
  async #loadProvider() {
    const { rtc } = this.#options.settings;
    if (rtc) return rtc;
    this.#provider ??= loadRtcProvider();
    try {
      return await this.#provider;
    } catch (error) {
      this.#provider = undefined;
      throw error;
    }
  }

  #receive(signal: VerifiedSignal): void {
    const { did } = signal.from;
    const { reason: error } = this.signal;
    if (signal.message.type !== 'OFFER') this.#relations.get(did)?.receive(signal);
    else if (this.signal.aborted) refuseOffer(signal, { signals: this.#signals, error });
    else this.#relation(did).receive(signal);
  }

  #relation(did: string): Relation {
    const known = this.#relations.get(did);
    if (known) return known;
    const { settings, parts, onError = () => undefined } = this.#options;
    const relation: Relation = new Relation({
      did,
      ownDid: this.#ownDid,
      signals: this.#signals,
      tools: this.#tools,
      createLink: parts?.createLink ?? createLink,
      accept: this.#accept,
      allowsRelay: settings.allowsRelay,
      connectTimeoutMs: settings.connectTimeoutMs,
      resumeTimeoutMs: settings.resumeTimeoutMs,
      onLinked: (peer) => {
        for (const listener of this.#linkedListeners) listener(peer);
      },
      onError,
      onIdle: () => {
        if (this.#relations.get(did) === relation) this.#relations.delete(did);
      },
    });
    this.#relations.set(did, relation);
    return relation;
  }

  #report(violation: Violation): void {
    if (violation.did) this.#relations.get(violation.did)?.suspect(violation.error);
    for (const listener of this.#violationListeners) listener(violation);
  }

  #end(error: BonafideError): void {
    if (this.signal.aborted) return;
    this.#ending.abort(error);
    this.#farewell = this.#leave(error);
  }

  // The gateway carries what peers on relayed paths still have to hear, so it is left last.
  async #leave(error: BonafideError): Promise<void> {
    const relations = [...this.#relations.values()];
    for (const relation of relations) relation.close(error);
    await Promise.all(relations.map((relation) => relation.untilPathsEnd()));
    this.#hub.close();
    await this.#registration.close();
    this.#signals.close();
  }
}

async function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(toAborted(signal.reason));
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort);
  try {
    await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function listen<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function sessionClosed(): BonafideError {
  return new BonafideError('UNAVAILABLE', 'The session of the peers was closed.');
}
