import type { Deployment } from '@bonafide/contracts';
import type { LocalAccount } from 'viem';
import type { Client } from '../client/types.ts';
import { BonafideError } from '../errors.ts';

/** What a wallet may spend; checked before every signature that moves money. */
export interface WalletLimits {
  readonly perJobUsdc?: string | undefined;
  /** In any 24 hours, counted while the process lives. */
  readonly perDayUsdc?: string | undefined;
  /** Provider addresses that may be paid; absent: any. */
  readonly allowedProviders?: readonly string[] | undefined;
}

export interface ChainSettings {
  /** Node to read from; absent: the one the gateway names. */
  readonly rpcUrl?: string | undefined;
  /** Contracts of a chain this package does not know. */
  readonly deployment?: Deployment | undefined;
}

/** What commerce needs of an agent. */
export interface CommerceContext {
  readonly client: Client;
  readonly did: string;
  readonly wallet?: LocalAccount | undefined;
  readonly chain?: ChainSettings | undefined;
  readonly limits?: WalletLimits | undefined;
  readonly now: () => Date;
  readonly signal?: AbortSignal | undefined;
}

export function requireWallet(context: CommerceContext): LocalAccount {
  if (context.wallet) return context.wallet;
  throw new BonafideError(
    'UNSUPPORTED',
    'This agent has no wallet. Pass `wallet` to secure(), or set BONAFIDE_WALLET_KEY.',
  );
}
