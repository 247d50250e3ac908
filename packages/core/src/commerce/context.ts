import type { LocalAccount } from 'viem';
import type { LocalContext } from '../client/local-handlers.ts';
import { BonafideError } from '../errors.ts';

/** The agent's wallet as the viem account that its structural type stands for. */
export function requireWallet({ wallet }: LocalContext): LocalAccount {
  if (wallet) return wallet as unknown as LocalAccount;
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
