import { receiveWithAuthorizationTypes, usdcDomain } from '@bonafide/contracts';
import type { Hex } from 'viem';
import type { LocalContext } from '../../client/local-handlers.ts';
import type { Chain } from '../chain.ts';
import { requireWallet } from '../context.ts';
import { guardPayment } from '../guard.ts';

/** One EIP-3009 payment of the agent's wallet, which only its receiver can collect. */
export interface Authorization {
  readonly to: Hex;
  readonly units: bigint;
  readonly nonce: Hex;
  /** Unix seconds. */
  readonly validBefore: bigint;
  /** Names the payment for the wallet's limits, such as `bond of job 12`. */
  readonly purpose: string;
}

/** Signs a payment once the wallet's limits allow it. */
export async function signAuthorization(
  context: LocalContext,
  { chain, payment }: { readonly chain: Chain; readonly payment: Authorization },
): Promise<Hex> {
  const account = requireWallet(context);
  const { to, units, nonce, validBefore, purpose } = payment;
  await guardPayment(context, { wallet: account.address, to, units, purpose });
  return account.signTypedData({
    domain: usdcDomain(chain.deployment),
    types: receiveWithAuthorizationTypes,
    primaryType: 'ReceiveWithAuthorization',
    message: { from: account.address, to, value: units, validAfter: 0n, validBefore, nonce },
  });
}
