import type { LocalContext } from '../client/local-handlers.ts';
import { BonafideError } from '../errors.ts';
import { type Account, toAccount } from './wallet.ts';

/** The agent's wallet, whatever kind it is. */
export function requireWallet({ wallet }: LocalContext): Account {
  if (wallet) return toAccount(wallet);
  throw new BonafideError(
    'UNSUPPORTED',
    'This agent has no wallet. Pass `wallet` to secure(), or set BONAFIDE_WALLET_KEY.',
  );
}

/** The key of the agent; only keyless operations run without one, and none of commerce is. */
export function requireDid({ did }: LocalContext): string {
  if (did !== undefined) return did;
  throw new BonafideError('UNSUPPORTED', 'This runs as an agent: call it on what secure() returns.');
}
