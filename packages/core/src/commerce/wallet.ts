import { type LocalAccount, privateKeyToAccount } from 'viem/accounts';
import { ValidationError } from '../errors.ts';
import { hash32 } from '../models/common.ts';

/** The account of a private key; throws ValidationError, without the key in it, when the text is none. */
export function toWallet(key: string): LocalAccount {
  try {
    return privateKeyToAccount(hash32.parse(key) as `0x${string}`);
  } catch {
    // The cause may quote the key.
    const message = 'must be a secp256k1 private key: 0x and 64 hexadecimal digits';
    throw new ValidationError(`The wallet key ${message}.`, { issues: [{ path: 'walletKey', message }] });
  }
}
