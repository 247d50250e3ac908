import type { Ledger } from '../ledger.ts';
import { HOUR_MS } from '../time.ts';
import type { RefusedToken } from './authenticate.ts';

const MAX_REMEMBERED = 10_000;

/** Tells a workspace that a token of it is used which is revoked or expired. */
export interface RefusalLog {
  /** At the first attempt, then at most once an hour, with how often it was tried since. Resolves once it is durable. */
  note(refused: RefusedToken, address: string): Promise<void>;
}

export function createRefusalLog(ledger: Ledger, now: () => number): RefusalLog {
  const told = new Map<string, { readonly at: number; attempts: number }>();
  return {
    async note({ bearer: { token }, why }, address) {
      const { workspace, tokenId, name, role } = token;
      const last = told.get(tokenId);
      if (last && now() - last.at < HOUR_MS) {
        last.attempts++;
        return;
      }
      if (told.size >= MAX_REMEMBERED) told.clear();
      told.set(tokenId, { at: now(), attempts: 0 });
      const data = { tokenId, name, role, why, attempts: (last?.attempts ?? 0) + 1, address };
      await ledger.commit({ workspace, actor: `token:${tokenId}` }, (tx) =>
        tx.audit({ event: 'token.refused', subject: tokenId, data }),
      );
    },
  };
}
