import { BonafideError } from '@bonafide/core/errors';
import { RefusedToken } from './authenticate.ts';
import type { GuessGuard } from './guesses.ts';
import type { RefusalLog } from './refusals.ts';

export interface FailedProof {
  readonly address: string;
  readonly network: string;
  readonly refusals: RefusalLog;
  readonly guesses: GuessGuard;
}

/** Only what fails counts against an address: many agents and people may share one. RATE_LIMITED when it was one too many. */
export async function noteFailedProof(
  cause: unknown,
  { address, network, refusals, guesses }: FailedProof,
): Promise<void> {
  if (cause instanceof RefusedToken) await refusals.note(cause, address);
  if (BonafideError.is(cause) && cause.status === 401) guesses.count(network);
}
