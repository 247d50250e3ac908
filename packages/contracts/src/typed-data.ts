import { type Address, encodeAbiParameters, type Hex, keccak256 } from 'viem';
import type { Deployment } from './deployments.ts';

/** EIP-712 types of the terms that a provider signs for `Court.accept`; the primary type is `Terms`. */
export const termsTypes = {
  Terms: [
    { name: 'jobId', type: 'uint256' },
    { name: 'client', type: 'address' },
    { name: 'provider', type: 'address' },
    { name: 'validator', type: 'address' },
    { name: 'threshold', type: 'uint8' },
    { name: 'budget', type: 'uint256' },
    { name: 'submitBy', type: 'uint48' },
    { name: 'expiredAt', type: 'uint48' },
    { name: 'specHash', type: 'bytes32' },
    { name: 'hasAgentId', type: 'bool' },
    { name: 'providerAgentId', type: 'uint256' },
  ],
} as const;

/** EIP-712 types of the EIP-3009 authorization that a client signs for `fundWithAuthorization`. */
export const receiveWithAuthorizationTypes = {
  ReceiveWithAuthorization: [
    { name: 'from', type: 'address' },
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'validAfter', type: 'uint256' },
    { name: 'validBefore', type: 'uint256' },
    { name: 'nonce', type: 'bytes32' },
  ],
} as const;

/** EIP-712 types of the EIP-2612 permit that a client signs for `fundWithPermit`. */
export const permitTypes = {
  Permit: [
    { name: 'owner', type: 'address' },
    { name: 'spender', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
} as const;

/** The EIP-712 domain of a typed-data message. */
export interface TypedDataDomain {
  name: string;
  version: string;
  chainId: number;
  verifyingContract: Address;
}

/** The terms that the kernel's job does not already hold. */
export interface TermsProposal {
  validator: Address;
  /** The lowest passing score, 0 to 100. */
  threshold: number;
  /** Unix seconds; the provider may deliver until then. */
  submitBy: number;
  specHash: Hex;
  hasAgentId: boolean;
  /** 0n without an agent id. */
  providerAgentId: bigint;
}

const proposalParameters = [
  { name: 'validator', type: 'address' },
  { name: 'threshold', type: 'uint8' },
  { name: 'submitBy', type: 'uint48' },
  { name: 'specHash', type: 'bytes32' },
  { name: 'hasAgentId', type: 'bool' },
  { name: 'providerAgentId', type: 'uint256' },
] as const;

const nonceParameters = [
  { name: 'kernel', type: 'address' },
  { name: 'chainId', type: 'uint256' },
  { name: 'jobId', type: 'uint256' },
  { name: 'budget', type: 'uint256' },
] as const;

/** The domain of `termsTypes`. */
export function termsDomain(deployment: Pick<Deployment, 'chainId' | 'court'>): TypedDataDomain {
  return {
    name: 'Bonafide Court',
    version: '1',
    chainId: deployment.chainId,
    verifyingContract: deployment.court,
  };
}

/** The domain of USDC's permits and authorizations. */
export function usdcDomain(deployment: Pick<Deployment, 'chainId' | 'usdc' | 'usdcName'>): TypedDataDomain {
  return {
    name: deployment.usdcName,
    version: '2',
    chainId: deployment.chainId,
    verifyingContract: deployment.usdc,
  };
}

/** The only EIP-3009 nonce with which the kernel funds this job, so a signature cannot fund another one. */
export function authorizationNonce(
  deployment: Pick<Deployment, 'chainId' | 'agenticCommerce'>,
  job: { jobId: bigint; budget: bigint },
): Hex {
  const values = [deployment.agenticCommerce, BigInt(deployment.chainId), job.jobId, job.budget] as const;
  return keccak256(encodeAbiParameters(nonceParameters, values));
}

/** The `optParams` with which a client proposes terms through `createJobWithBudget` or `setBudget`. */
export function encodeProposal(proposal: TermsProposal): Hex {
  const { validator, threshold, submitBy, specHash, hasAgentId, providerAgentId } = proposal;
  return encodeAbiParameters(proposalParameters, [
    validator,
    threshold,
    submitBy,
    specHash,
    hasAgentId,
    providerAgentId,
  ]);
}

/** The `optParams` with which a provider names the address of its deliverable through `submit`. */
export function encodeDeliverableUri(deliverableUri: string): Hex {
  return encodeAbiParameters([{ name: 'deliverableURI', type: 'string' }], [deliverableUri]);
}
