import type { Address, Hex } from 'viem';
import {
  consentDomain,
  consentTypes,
  receiveWithAuthorizationTypes,
  termsDomain,
  termsTypes,
  usdcDomain,
} from '../../src/index.ts';
import type { Account } from '../model/state.ts';
import { addressOf, deployment, signerOf } from './accounts.ts';
import type { TermsStruct } from './terms.ts';

/** What the token demands of an EIP-3009 signature; valid at any time. */
export interface Authorization {
  from: Account;
  to: Address;
  amount: bigint;
  nonce: Hex;
}

export const validBefore = 2n ** 48n;

export function signAuthorization(signer: Account, authorization: Authorization): Promise<Hex> {
  const { from, to, amount, nonce } = authorization;
  return signerOf(signer).signTypedData({
    domain: usdcDomain(deployment),
    types: receiveWithAuthorizationTypes,
    primaryType: 'ReceiveWithAuthorization',
    message: { from: addressOf(from), to, value: amount, validAfter: 0n, validBefore, nonce },
  });
}

export function signTerms(signer: Account, terms: TermsStruct): Promise<Hex> {
  return signerOf(signer).signTypedData({
    domain: termsDomain(deployment),
    types: termsTypes,
    primaryType: 'Terms',
    message: terms,
  });
}

export async function signCancellation(
  signer: Account | null,
  message: { jobId: bigint; providerAmount: bigint; validUntil: bigint },
): Promise<Hex> {
  if (signer === null) return '0x';
  const domain = consentDomain(deployment);
  const types = { Cancellation: consentTypes.Cancellation };
  return signerOf(signer).signTypedData({ domain, types, primaryType: 'Cancellation', message });
}

export async function signExtension(
  signer: Account | null,
  message: { jobId: bigint; expiredAt: number; validUntil: bigint; optParams: Hex },
): Promise<Hex> {
  if (signer === null) return '0x';
  const domain = consentDomain(deployment);
  const types = { Extension: consentTypes.Extension };
  return signerOf(signer).signTypedData({ domain, types, primaryType: 'Extension', message });
}
