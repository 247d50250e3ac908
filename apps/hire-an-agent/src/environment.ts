import { type Wallet, walletFromKey } from '@bonafide/core';

/** A value every role needs; the demo sets them for its processes. */
export function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`${name} is not set. Start this role through the demo.`);
}

/** The role's wallet from BONAFIDE_WALLET_KEY. */
export function walletOfRole(): Promise<Wallet> {
  return walletFromKey(required('BONAFIDE_WALLET_KEY'));
}
