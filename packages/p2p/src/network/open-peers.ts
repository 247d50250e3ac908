import { type Agent, BonafideError, type CallOptions } from '@bonafide/core';
import { loadRtcProvider } from '#rtc';
import type { Connector, LinkedPeer } from '../connection/connector.ts';
import { createConnector } from '../connection/create-connector.ts';
import { createPeer, type ExchangePeer } from '../exchange/create-peer.ts';
import { createOffered, type Offered } from '../exchange/offered.ts';
import { createOperations } from '../exchange/operations.ts';
import type { Link } from '../link/link.ts';
import { readPeersOptions } from './options.ts';
import { PeerEmitter } from './peer-emitter.ts';
import type { CloseOptions, Peers, PeersOptions } from './types.ts';

/**
 * Lets this agent connect to others, and others to it: resolves once the gateway knows it as a peer. It opens a session of
 * its own, as `peers` of the agent; a second call for the same key takes over from the first, which ends with CONFLICT.
 * Throws UNSUPPORTED where there is no WebRTC.
 */
export async function openPeers(agent: Agent, options: PeersOptions = {}): Promise<Peers> {
  const settings = readPeersOptions(options);
  const rtc = settings.rtc ?? (await loadRtcProvider());
  const session = await agent.connect({
    principal: { type: 'agent', implementation: agent.name, specifier: 'peers' },
    takeOver: true,
    maxRetries: 0,
  });
  const events = new PeerEmitter();
  try {
    const { signer } = session;
    if (!signer) throw new BonafideError('UNSUPPORTED', 'Only an agent with a key can have peers.');
    const onError = (error: unknown): void => events.fail(toError(error));
    const connector = createConnector({ session, signer, settings: { ...settings, rtc }, onError });
    const offered = createOffered({ agent, onError });
    const peers = new OpenPeers({ agent, session, connector, offered, events });
    await connector.registered;
    peers.watch();
    return peers;
  } catch (error) {
    await session.close();
    throw error;
  }
}

interface Parts {
  readonly agent: Agent;
  readonly session: { close(): Promise<void> };
  readonly connector: Connector;
  readonly offered: Offered;
  readonly events: PeerEmitter;
}

class OpenPeers implements Peers {
  readonly agent: Agent;
  readonly operations: Peers['operations'];
  readonly provide: Peers['provide'];
  readonly onIntent: Peers['onIntent'];
  readonly #parts: Parts;
  /** Of links that live, whether or not they were ever connected. */
  readonly #byLink = new Map<Link, ExchangePeer>();
  readonly #byDid = new Map<string, ExchangePeer>();
  #isClosing = false;
  #closed: Promise<void> | undefined;

  constructor(parts: Parts) {
    const { agent, connector, offered, events } = parts;
    this.#parts = parts;
    this.agent = agent;
    this.provide = offered.provide;
    this.onIntent = offered.onIntent;
    this.operations = createOperations({
      connect: (did, options) => this.#connect(did, options),
      get: (did) => this.#byDid.get(did),
      list: () => this.list(),
    });
    connector.onLinked((linked) => this.#linked(linked));
    connector.onViolation((violation) => events.emit('violation', violation));
  }

  /** From the registration on: before, whoever opens it is told. */
  watch(): void {
    const { signal } = this.#parts.connector;
    if (signal.aborted) this.#ended(signal.reason);
    else signal.addEventListener('abort', () => this.#ended(signal.reason), { once: true });
  }

  get signal(): AbortSignal {
    return this.#parts.connector.signal;
  }

  connect(did: string, options: CallOptions = {}): Promise<ExchangePeer> {
    return this.#connect(did, options);
  }

  get(did: string): ExchangePeer | undefined {
    return this.#byDid.get(did);
  }

  list(): readonly ExchangePeer[] {
    return [...this.#byDid.values()];
  }

  on: Peers['on'] = (event, handler) => this.#parts.events.on(event, handler);

  close(options: CloseOptions = {}): Promise<void> {
    this.#closed ??= this.#close(options);
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #connect(did: string, { signal, timeoutMs }: CallOptions): Promise<ExchangePeer> {
    const limits = [signal, timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)];
    const given = limits.filter((limit) => limit !== undefined);
    const { link } = await this.#parts.connector.connect(did, { signal: AbortSignal.any(given) });
    const peer = this.#byLink.get(link);
    if (peer) return peer;
    throw link.signal.reason;
  }

  /** Before anything can arrive. */
  #linked(linked: LinkedPeer): void {
    const { link, identity } = linked;
    const { agent, offered, events } = this.#parts;
    const peer = createPeer({ linked, agent, offered, events });
    this.#byLink.set(link, peer);
    link.onChange(() => {
      if (link.state !== 'connected' || this.#byDid.get(identity.did) === peer) return;
      this.#byDid.set(identity.did, peer);
      events.emit('connected', peer);
    });
    link.signal.addEventListener('abort', () => {
      this.#byLink.delete(link);
      if (this.#byDid.get(identity.did) === peer) this.#byDid.delete(identity.did);
    });
  }

  /** Another process took over, or the session is over for good. */
  #ended(reason: BonafideError): void {
    if (this.#isClosing) return;
    this.#parts.events.fail(reason);
    this.close().catch((error: unknown) => this.#parts.events.fail(toError(error)));
  }

  async #close({ finishWithinMs }: CloseOptions): Promise<void> {
    const { connector, session } = this.#parts;
    this.#isClosing = true;
    try {
      if (finishWithinMs !== undefined) await this.#finish(AbortSignal.timeout(finishWithinMs));
      for (const peer of this.#byLink.values()) await peer.close();
      await connector[Symbol.asyncDispose]();
    } finally {
      await session.close();
    }
  }

  async #finish(signal: AbortSignal): Promise<void> {
    const { offered } = this.#parts;
    await unlessAborted(offered.drain(), signal);
    const peers = this.list().filter(({ state }) => state === 'connected');
    // Whatever was sent before has arrived once this is answered; a peer that does not answer is not waited for any longer.
    await Promise.allSettled(peers.map((peer) => peer.ping({ signal })));
  }
}

/** Resolves also when the signal ends first. */
function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => aborted.resolve(), { once: true });
  return Promise.race([work, aborted.promise]);
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : BonafideError.from(error);
}
