import { required } from '@bonafide/app-kit';
import { type Wallet, walletFromKey } from '@bonafide/core';

/** The role's wallet from BONAFIDE_WALLET_KEY. */
export function walletOfRole(): Promise<Wallet> {
  return walletFromKey(required('BONAFIDE_WALLET_KEY'));
}
