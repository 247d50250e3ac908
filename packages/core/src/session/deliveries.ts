import { nextTurn } from './batch.ts';
import type { SessionLink } from './link.ts';

/** Which deliveries of this connection are dealt with; tells the gateway up to where all of them are. */
export class Deliveries {
  readonly #link: SessionLink;
  readonly #settled = new Set<number>();
  #connection = 0;
  #low = 0;
  #told = 0;
  #isScheduled = false;
  #isSuspended = false;
  #workspace: string;

  constructor(link: SessionLink) {
    this.#link = link;
    this.#workspace = link.admission.welcome.workspace;
    link.onConnect(({ welcome }) => this.#startAgain(welcome.workspace));
    link.onFrame(['config'], ({ config }) => {
      if (config.workspace !== this.#workspace) this.#startAgain(config.workspace);
    });
  }

  /** Tells the gateway nothing until the returned function is called. */
  suspend(): () => void {
    this.#isSuspended = true;
    return () => {
      this.#isSuspended = false;
      this.#schedule();
    };
  }

  /** Deliveries are counted anew for each connection and in each workspace: what came before is not acknowledged there. */
  get connection(): number {
    return this.#connection;
  }

  settle(delivery: { readonly connection: number; readonly d: number }): void {
    if (delivery.connection !== this.#connection) return;
    this.#settled.add(delivery.d);
    while (this.#settled.delete(this.#low + 1)) this.#low += 1;
    this.#schedule();
  }

  reject(delivery: { readonly connection: number; readonly d: number }, reason: string): void {
    if (delivery.connection !== this.#connection) return;
    // While it moves nothing is told: it comes again when the session comes back.
    if (this.#isSuspended) return;
    this.#link.sendFrame({ t: 'reject', d: delivery.d, reason });
    this.settle(delivery);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isSuspended || this.#low === this.#told) return;
    this.#isScheduled = true;
    nextTurn(() => {
      this.#isScheduled = false;
      if (this.#isSuspended || this.#low === this.#told) return;
      this.#told = this.#low;
      this.#link.sendFrame({ t: 'ack', d: this.#low });
    });
  }

  #startAgain(workspace: string): void {
    this.#workspace = workspace;
    this.#connection += 1;
    this.#settled.clear();
    this.#low = 0;
    this.#told = 0;
  }
}
