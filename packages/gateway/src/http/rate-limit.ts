import { RateLimitError } from '@bonafide/core/errors';
import type { ReplyHeaders } from './exchange.ts';

export interface RateLimitOptions {
  readonly perSecond: number;
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** A token bucket for each caller. */
export interface RateLimiter {
  /** Takes one; RATE_LIMITED when there is none. Returns the headers that tell the caller where it stands. */
  take(key: string): ReplyHeaders;
  /** RATE_LIMITED when there is none to take. */
  check(key: string): void;
  /** Forgets buckets that are full again. */
  sweep(): void;
}

export function createRateLimiter({ perSecond, burst }: RateLimitOptions, now: () => number): RateLimiter {
  const buckets = new Map<string, Bucket>();
  const policy = `"default";q=${burst};w=${Math.ceil(burst / perSecond)}`;

  function refill(key: string): Bucket {
    const at = now();
    const bucket = buckets.get(key);
    if (!bucket) {
      const fresh = { tokens: burst, at };
      buckets.set(key, fresh);
      return fresh;
    }
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, at - bucket.at) / 1000) * perSecond);
    bucket.at = at;
    return bucket;
  }

  function check(key: string): Bucket {
    const bucket = refill(key);
    if (bucket.tokens >= 1) return bucket;
    const retryAfterMs = Math.ceil(((1 - bucket.tokens) / perSecond) * 1000);
    throw new RateLimitError(`Too many requests. Try again in ${retryAfterMs} ms.`, { retryAfterMs });
  }

  return {
    check,
    take(key) {
      const bucket = check(key);
      bucket.tokens -= 1;
      const resetSeconds = Math.ceil((burst - bucket.tokens) / perSecond);
      return {
        'ratelimit-policy': policy,
        ratelimit: `"default";r=${Math.floor(bucket.tokens)};t=${resetSeconds}`,
      };
    },
    sweep() {
      for (const key of buckets.keys()) {
        if (refill(key).tokens >= burst) buckets.delete(key);
      }
    },
  };
}
