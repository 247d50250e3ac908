import { refusal } from './refusal.ts';

/** How far a signature may be dated in the verifier's future, in seconds. */
export const DEFAULT_CLOCK_SKEW_SECONDS = 30;

export interface ClockOptions {
  /** Milliseconds since 1970; default the clock. */
  readonly nowMs?: number;
  /** How far a signature may be dated in the future; default 30. Expiry gets no such grace. */
  readonly clockSkewSeconds?: number;
}

/** Refuses what was made in the future or has expired; `created` and `expires` in seconds since 1970. */
export function checkClock(
  { created, expires }: { readonly created: number; readonly expires: number | undefined },
  { nowMs = Date.now(), clockSkewSeconds = DEFAULT_CLOCK_SKEW_SECONDS }: ClockOptions,
): void {
  const now = nowMs / 1000;
  if (expires !== undefined && expires <= created)
    throw refusal('malformed', 'The signature expires before it was made.');
  if (expires !== undefined && expires <= now) {
    throw refusal('expired', 'The signature has expired. Sign again; check the clock.');
  }
  if (created > now + clockSkewSeconds)
    throw refusal('from-the-future', 'The signature is from the future. Check the clock.');
}
