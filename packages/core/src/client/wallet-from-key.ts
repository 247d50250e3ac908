import type { Wallet } from './types.ts';

/**
 * A wallet that signs with this private key (0x and 64 hexadecimal digits), for `secure()`. Loads viem; throws
 * ValidationError, without the key in it, when the text is none.
 */
export async function walletFromKey(key: string): Promise<Wallet> {
  const { toWallet } = await import('../commerce/wallet.ts');
  return toWallet(key);
}
