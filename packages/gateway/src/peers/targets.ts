import type { PeerRegistration } from '../stores/peers.ts';
import type { PeerLimits } from './limits.ts';
import type { LocalPeer, Registry } from './registry.ts';

/** Rules may also end by the clock, and registrations on other gateways without word. */
const TTL_MS = 1000;

/** Where something for a peer goes. */
export interface Target extends PeerRegistration {
  /** When it is connected to this gateway. */
  readonly local: LocalPeer | undefined;
}

export interface TargetsOptions {
  readonly registry: Registry;
  readonly gatewayId: string;
  readonly limits: PeerLimits;
  /** Counts changes after which who may do what is looked at again. */
  readonly generation: { readonly current: number };
  now(): number;
  /** Throws where nothing may go. */
  reach(to: string): PeerRegistration;
}

/** The targets of one session. */
export class Targets {
  readonly #options: TargetsOptions;
  readonly #known = new Map<string, Target>();
  #seen: number;
  #checkedAt: number;

  constructor(options: TargetsOptions) {
    this.#options = options;
    this.#seen = options.generation.current;
    this.#checkedAt = options.now();
  }

  /** As of now. */
  find(to: string): Target {
    const { registry, gatewayId, limits, reach } = this.#options;
    this.#known.delete(to);
    const registration = reach(to);
    const local = registration.gatewayId === gatewayId ? registry.get(registration.sessionId) : undefined;
    const target = { ...registration, local };
    if (this.#known.size >= limits.targets) this.#known.clear();
    this.#known.set(to, target);
    return target;
  }

  /** One that takes sealed packets, as of at most a second ago; undefined when it must be found again. */
  get(to: string): Target | undefined {
    const { generation, now } = this.#options;
    if (this.#seen !== generation.current || Math.abs(now() - this.#checkedAt) >= TTL_MS) {
      this.#known.clear();
      this.#seen = generation.current;
      this.#checkedAt = now();
      return undefined;
    }
    const target = this.#known.get(to);
    return target?.allowsRelay && !target.local?.isOver ? target : undefined;
  }
}
