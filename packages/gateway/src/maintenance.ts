import type { Logger } from 'pino';
import { sweepExpired } from './approvals/sweep.ts';
import { pruneAudit } from './audit/prune.ts';
import { sweepCapabilities } from './capabilities/sweep.ts';
import { sweepCheckpoints } from './checkpoints/sweep.ts';
import { ANSWER_TTL_MS } from './http/answers.ts';
import type { NonceGuard } from './http/nonces.ts';
import type { RateLimiter } from './http/rate-limit.ts';
import { pruneKeyChanges, sweepKeys } from './kv/sweep.ts';
import type { Ledger } from './ledger.ts';
import type { MessageSweep } from './messages/sweep.ts';
import { CLAIM_TTL_MS } from './sessions/presence.ts';
import type { Store } from './stores/store.ts';

export interface MaintenanceOptions {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly nonces: NonceGuard;
  readonly messages: MessageSweep;
  readonly limiters: readonly Pick<RateLimiter, 'sweep'>[];
  readonly now: () => number;
  readonly log: Logger;
  readonly sweepIntervalMs: number;
  readonly eventRetentionMs: number;
  readonly approvalTtlMs: number;
}

/** How many rounds of the sweep, which watches expiry, pass between two removals of old rows. */
const PRUNE_EVERY = 60;

/** Writes what expired and removes what is too old, until it is stopped. */
export function startMaintenance(options: MaintenanceOptions): { stop(): Promise<void> } {
  let round = 0;
  let running = Promise.resolve();
  const timer = setInterval(() => {
    running = running
      .then(() => runOnce(options, round++))
      .catch((err: unknown) => {
        options.log.error({ err }, 'maintenance failed');
      });
  }, options.sweepIntervalMs);
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
      return running;
    },
  };
}

async function runOnce(options: MaintenanceOptions, round: number): Promise<void> {
  const { store, nonces, limiters, now, eventRetentionMs, approvalTtlMs } = options;
  await sweepExpired(options);
  await sweepCapabilities(options);
  await sweepKeys(options);
  await sweepCheckpoints(options);
  await options.messages.sweep();
  if (round % PRUNE_EVERY !== 0) return;
  const nowMs = now();
  const before = (ageMs: number) => new Date(nowMs - ageMs).toISOString();
  const nowSeconds = Math.floor(nowMs / 1000);
  nonces.sweep(nowSeconds);
  for (const limiter of limiters) limiter.sweep();
  await store.commit((tables) => {
    tables.nonces.prune(nowSeconds);
    // Who resumes asks again under the old key, and must find the question that a person may still be thinking about.
    tables.answers.prune(before(Math.max(ANSWER_TTL_MS, 2 * approvalTtlMs)));
    tables.events.prune(before(eventRetentionMs));
    tables.deliveries.prune(before(eventRetentionMs));
    tables.consents.prune(new Date(nowMs).toISOString());
    tables.claims.prune(before(CLAIM_TTL_MS));
  });
  await options.messages.prune();
  await pruneKeyChanges(options);
  await pruneAudit(options);
}
