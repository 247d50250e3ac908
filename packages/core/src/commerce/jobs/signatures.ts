import type { Address, Hex } from 'viem';
import type { Chain } from '../chain.ts';
import { reading } from '../reading.ts';

/** Whether an account signed a digest: a key by recovery, a contract (ERC-1271) by its own word on the chain. */
export function isSignedBy(
  { node }: Chain,
  signed: { readonly address: Address; readonly digest: Hex; readonly signature: Hex },
): Promise<boolean> {
  const { address, digest, signature } = signed;
  return reading('whether a signature holds', () => node.verifyHash({ address, hash: digest, signature }));
}
