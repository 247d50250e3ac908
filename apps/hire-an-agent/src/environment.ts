import type { LocalAccount } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

/** A value every role needs; the demo sets them for its processes. */
export function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`${name} is not set. Start this role through the demo.`);
}

const isKey = (text: string): text is `0x${string}` => /^0x[0-9a-f]{64}$/i.test(text);

/** The role's wallet from BONAFIDE_WALLET_KEY. */
export function walletOfRole(): LocalAccount {
  const key = required('BONAFIDE_WALLET_KEY');
  if (isKey(key)) return privateKeyToAccount(key);
  throw new Error('BONAFIDE_WALLET_KEY must be 32 bytes of hex.');
}
