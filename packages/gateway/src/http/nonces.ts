import { AuthenticationError } from '@bonafide/core/errors';
import type { Nonce, Store } from '../stores/store.ts';

const PERSIST_AFTER_MS = 50;

/**
 * Remembers every nonce until its signature expires. The map decides; the table makes the memory survive a restart. A
 * command writes its nonce in its own commit, everything else a moment later together.
 */
export interface NonceGuard {
  /** REPLAYED when it was seen before. */
  check(nonce: Nonce): void;
  add(nonce: Nonce): void;
  persistLater(nonce: Nonce): void;
  sweep(nowSeconds: number): void;
  flush(): Promise<void>;
}

export function createNonceGuard(store: Store, nowSeconds: number): NonceGuard {
  const seen = new Map<string, number>();
  let forgottenBefore = 0;
  let waiting: Nonce[] = [];
  let timer: NodeJS.Timeout | undefined;
  const add = (nonce: Nonce) => seen.set(keyOf(nonce), nonce.expires);
  for (const nonce of store.read.nonces.listAlive(nowSeconds)) add(nonce);

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const nonces = waiting;
    waiting = [];
    if (nonces.length > 0) await store.commit((tables) => nonces.map((nonce) => tables.nonces.insert(nonce)));
  }

  return {
    check(nonce) {
      // Only a clock that was set back lets such a request come this far; whether it was seen is no longer known.
      if (nonce.expires < forgottenBefore) throw forgotten();
      if (seen.has(keyOf(nonce))) throw replayed();
    },
    add,
    persistLater(nonce) {
      waiting.push(nonce);
      // A failing disk shows in every command; the map still guards this process.
      timer ??= setTimeout(() => void flush().catch(() => undefined), PERSIST_AFTER_MS).unref();
    },
    sweep(now) {
      forgottenBefore = Math.max(forgottenBefore, now);
      for (const [key, expires] of seen) if (expires < now) seen.delete(key);
    },
    flush,
  };
}

function forgotten(): AuthenticationError {
  return new AuthenticationError('This signature had expired before the clock of the gateway was set back.', {
    code: 'SIGNATURE_EXPIRED',
    details: { reason: 'expired' },
  });
}

export function replayed(): AuthenticationError {
  return new AuthenticationError('This signed request was received before.', {
    code: 'REPLAYED',
    details: { reason: 'replayed' },
  });
}

function keyOf({ did, nonce }: Nonce): string {
  return `${did} ${nonce}`;
}
