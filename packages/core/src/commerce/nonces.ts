/** What nodes keep of one sender's transactions that wait for a block (geth's account slots). */
const MAX_IN_FLIGHT = 16;

/**
 * The transactions of one wallet on one chain. Signing and handing over happens one at a time, so that no nonce is given
 * twice and none is left out; blocks are waited for together.
 */
export interface Lane {
  /** Waits for room among the transactions in flight; call what it resolves with when the transaction has ended. */
  enter(): Promise<() => void>;
  /** Runs `work` after all earlier turns, whether those failed or not. */
  turn<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Whether somebody waits for the turn to end. */
  isWanted(): boolean;
  /** The lowest nonce from `pending` on that no transaction in flight has, which fills gaps first. */
  take(pending: number): number;
  release(nonce: number): void;
}

const lanes = new Map<string, Lane>();

/** The lane of a wallet on a chain; the same one for every agent of this process. */
export function laneOf({ chainId, address }: { readonly chainId: number; readonly address: string }): Lane {
  const key = `${chainId}:${address.toLowerCase()}`;
  const known = lanes.get(key);
  if (known) return known;
  const lane = createLane();
  lanes.set(key, lane);
  return lane;
}

/** Makes a lane; `laneOf` shares them. */
export function createLane(maxInFlight: number = MAX_IN_FLIGHT): Lane {
  const taken = new Set<number>();
  const waiting: (() => void)[] = [];
  let entered = 0;
  let turns = 0;
  let last: Promise<unknown> = Promise.resolve();

  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else entered -= 1;
  }

  return {
    async enter() {
      if (entered < maxInFlight) entered += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      return leave;
    },
    turn(work) {
      turns += 1;
      const next = last.then(work, work).finally(() => {
        turns -= 1;
      });
      last = next.catch(() => undefined);
      return next;
    },
    isWanted: () => turns > 1,
    take(pending) {
      let nonce = pending;
      while (taken.has(nonce)) nonce += 1;
      taken.add(nonce);
      return nonce;
    },
    release: (nonce) => void taken.delete(nonce),
  };
}
