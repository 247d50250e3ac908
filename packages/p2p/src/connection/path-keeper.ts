import { BonafideError, TimeoutError } from '@bonafide/core';
import type { Link } from '../link/link.ts';
import type { Path } from '../path/path.ts';
import { type Backoff, jitteredBackoffMs, Pause } from './pause.ts';

const RESUME: Backoff = { firstMs: 500, longestMs: 10_000 };
const UPGRADE: Backoff = { firstMs: 60_000, longestMs: 600_000 };
/** The polite side lets the other call first; where only one of them knows of the loss, it calls after this. */
const COURTESY_MS = 500;
/** A new path carries the link only once both sides greeted each other on it. */
const GREETING_MS = 5_000;
/** Nobody there is yet no end: whoever lost the gateway is unknown to it until it is back. */
const FINAL: ReadonlySet<string> = new Set(['CONFLICT', 'FORBIDDEN', 'UNSUPPORTED', 'SIGNATURE_INVALID']);

export interface PathKeeperOptions {
  readonly link: Link;
  readonly isPolite: boolean;
  readonly resumeTimeoutMs: number;
  /** Whether a relayed path is this side's to replace. */
  readonly canUpgrade: () => boolean;
  /** Looks for another path, unless that is going on already; resolves once it found one, rejects with why not. */
  readonly findPath: (kind: 'any' | 'direct') => Promise<void>;
}

/** Gives a link new paths: at once when it lost its own, now and then a direct one while it is relayed. */
export class PathKeeper {
  readonly #options: PathKeeperOptions;
  readonly #pause = new Pause();
  #giveUp: ReturnType<typeof setTimeout> | undefined;
  #path: Path | undefined;
  #failures = 0;
  #isRunning = false;

  constructor(options: PathKeeperOptions) {
    this.#options = options;
  }

  /** After the link was given a path. */
  attached(path: Path, ended: Promise<void>): void {
    this.#path = path;
    this.update();
    void ended.then(() => {
      if (this.#path !== path) return;
      this.#path = undefined;
      this.#pause.end(false);
    });
  }

  /** After each change of the link. */
  update(): void {
    const { link, resumeTimeoutMs } = this.#options;
    this.#failures = 0;
    if (link.state === 'suspended') {
      this.#giveUp ??= setTimeout(() => {
        link.close(new TimeoutError(`No way to the peer was found within ${resumeTimeoutMs} ms.`));
      }, resumeTimeoutMs);
    } else {
      clearTimeout(this.#giveUp);
      this.#giveUp = undefined;
    }
    this.#pause.end(false);
    if (this.#wants && !this.#isRunning) void this.#run();
  }

  /** The gateway is there again: what failed without it may work now. */
  hurry(): void {
    if (this.#options.link.state !== 'suspended' || this.#path?.isOpen) return;
    this.#failures = 0;
    this.#pause.end(true);
  }

  get #wants(): 'any' | 'direct' | undefined {
    const { link, canUpgrade } = this.#options;
    if (link.state === 'suspended') return 'any';
    return link.state === 'connected' && link.path === 'relayed' && canUpgrade() ? 'direct' : undefined;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let kind = this.#wants; kind; kind = this.#wants) {
      const isDue = await this.#pause.wait(this.#delayMs(kind));
      if (isDue && kind === this.#wants) await this.#find(kind);
    }
    this.#isRunning = false;
  }

  async #find(kind: 'any' | 'direct'): Promise<void> {
    this.#failures += 1;
    try {
      await this.#options.findPath(kind);
    } catch (error) {
      const reason = BonafideError.from(error);
      if (kind === 'any' && FINAL.has(reason.code)) this.#options.link.close(reason);
    }
  }

  #delayMs(kind: 'any' | 'direct'): number {
    if (kind === 'direct') return UPGRADE.firstMs / 2 + jitteredBackoffMs(this.#failures, UPGRADE);
    if (this.#path?.isOpen) return GREETING_MS;
    if (this.#failures === 0) return this.#options.isPolite ? COURTESY_MS : 0;
    return jitteredBackoffMs(this.#failures, RESUME);
  }
}
