import { z } from 'zod';
import { address, amountUsdc, hash32, timestamp, uint256 } from './common.ts';

const signature = z.string().regex(/^0x[0-9a-fA-F]*$/);

/** An EIP-2612 permit. */
export const signedPermit = z.object({
  owner: address,
  spender: address,
  amountUsdc,
  nonce: uint256,
  validUntil: timestamp,
  signature,
});

/** An EIP-3009 `ReceiveWithAuthorization`. */
export const signedAuthorization = z.object({
  from: address,
  to: address,
  amountUsdc,
  nonce: hash32,
  validUntil: timestamp,
  signature,
});
