import { BonafideError } from '@bonafide/core/errors';
import type { SignalPort } from '@bonafide/core/session';
import type { Violation } from '../connection/connector.ts';
import { LOW_WATER_BYTES, type Path } from './path.ts';
import type { RelayKeys } from './relay-keys.ts';
import { readTag, tagName } from './relay-seal.ts';
import { SealedPath } from './sealed-path.ts';

// A connection to the gateway does not say when it has room again, so it is asked while something waits.
const DRAIN_POLL_MS = 10;

export interface RelayOptions {
  /** The peer. */
  readonly did: string;
  /** Those that both agreed on: they name the connection. */
  readonly keys: RelayKeys;
}

export interface RelayHubOptions {
  /** Hears of packets that the peer did not seal, or that came before. They are dropped. */
  readonly onViolation?: ((violation: Violation) => void) | undefined;
}

/** Every relayed path of one session. */
export interface RelayHub {
  /** At the callee before its answer is sent, so that nothing comes too early. */
  open(options: RelayOptions): Path;
  /** Ends every path, and hears nothing any more. */
  close(): void;
}

/** Carries sealed packets of any number of peers and connections over one session. */
export function createRelayHub(port: SignalPort, options: RelayHubOptions = {}): RelayHub {
  return new SessionRelayHub(port, options);
}

class SessionRelayHub implements RelayHub {
  readonly #port: SignalPort;
  readonly #onViolation: (violation: Violation) => void;
  /** By peer, then by tag: a peer cannot speak on the path of another, whatever tag it names. */
  readonly #paths = new Map<string, Map<string, SealedPath>>();
  readonly #handlers: readonly (() => void)[];
  #drainTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(port: SignalPort, { onViolation = () => {} }: RelayHubOptions) {
    this.#port = port;
    this.#onViolation = onViolation;
    this.#handlers = [
      port.onRelayed((from, sealed) => this.#receive(from, sealed)),
      port.onRelayFailure((to, error) => this.#fail(to, error)),
    ];
  }

  open({ did, keys }: RelayOptions): Path {
    const tag = tagName(keys.tag);
    const paths = this.#paths.get(did) ?? new Map<string, SealedPath>();
    if (paths.has(tag)) throw new BonafideError('CONFLICT', 'There is a relayed path with these keys.');
    const port = this.#port;
    const carrier = {
      get bufferedBytes() {
        return port.bufferedBytes;
      },
      send: (sealed: Uint8Array) => this.#send(did, sealed),
      remove: () => this.#remove(did, tag),
    };
    const path = new SealedPath(carrier, keys);
    this.#paths.set(did, paths.set(tag, path));
    path.begin();
    return path;
  }

  close(): void {
    for (const remove of this.#handlers) remove();
    for (const path of this.#all()) path.close();
    clearTimeout(this.#drainTimer);
  }

  #send(did: string, sealed: Uint8Array): boolean {
    const isTaken = this.#port.relay(did, sealed);
    this.#watchBuffer();
    return isTaken;
  }

  #receive(from: string, sealed: Uint8Array): void {
    const tag = readTag(sealed);
    if (tag === undefined) {
      this.#onViolation({ reason: 'malformed', did: from, error: tooShort() });
      return;
    }
    // What is under way when a path is closed arrives for none: nothing can be said of it.
    const path = this.#paths.get(from)?.get(tag);
    try {
      path?.receive(sealed);
    } catch (cause) {
      const error = BonafideError.from(cause);
      this.#onViolation({ reason: error.code === 'REPLAYED' ? 'replayed' : 'forged', did: from, error });
    }
  }

  #fail(to: string, error: BonafideError): void {
    for (const path of [...(this.#paths.get(to)?.values() ?? [])]) path.fail(error);
  }

  #remove(did: string, tag: string): void {
    const paths = this.#paths.get(did);
    paths?.delete(tag);
    if (paths?.size === 0) this.#paths.delete(did);
  }

  #watchBuffer(): void {
    if (this.#drainTimer || this.#port.bufferedBytes <= LOW_WATER_BYTES) return;
    this.#drainTimer = setTimeout(() => {
      this.#drainTimer = undefined;
      if (this.#port.bufferedBytes > LOW_WATER_BYTES) this.#watchBuffer();
      else for (const path of this.#all()) path.drain();
    }, DRAIN_POLL_MS);
  }

  #all(): SealedPath[] {
    return [...this.#paths.values()].flatMap((paths) => [...paths.values()]);
  }
}

function tooShort(): BonafideError {
  return new BonafideError('VALIDATION_FAILED', 'A relayed packet is too short to be one.', {
    details: { reason: 'malformed' },
  });
}
