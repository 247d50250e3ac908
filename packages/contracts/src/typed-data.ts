import { type Address, encodeAbiParameters, type Hex, keccak256, parseAbiParameters } from 'viem';
import type { Deployment } from './deployments.ts';

/** EIP-712 types of the terms that a provider signs for `Court.accept` or as an offer; the primary type is `Terms`. */
export const termsTypes = {
  Terms: [
    { name: 'jobId', type: 'uint256' },
    { name: 'salt', type: 'uint256' },
    { name: 'client', type: 'address' },
    { name: 'provider', type: 'address' },
    { name: 'budget', type: 'uint256' },
    { name: 'submitBy', type: 'uint48' },
    { name: 'expiredAt', type: 'uint48' },
    { name: 'specHash', type: 'bytes32' },
    { name: 'previousJobId', type: 'uint256' },
    { name: 'templateId', type: 'uint32' },
    { name: 'hasProviderAgent', type: 'bool' },
    { name: 'providerAgentId', type: 'uint256' },
    { name: 'hasClientAgent', type: 'bool' },
    { name: 'clientAgentId', type: 'uint256' },
    { name: 'rules', type: 'Rules' },
  ],
  Rules: [
    { name: 'validators', type: 'address[]' },
    { name: 'requiredPasses', type: 'uint8' },
    { name: 'threshold', type: 'uint8' },
    { name: 'validatorFee', type: 'uint96' },
    { name: 'validationWindow', type: 'uint32' },
    { name: 'silencePercent', type: 'uint8' },
    { name: 'disputeWindow', type: 'uint32' },
    { name: 'revalidators', type: 'address[]' },
    { name: 'requiredRepasses', type: 'uint8' },
    { name: 'bondBps', type: 'uint16' },
    { name: 'evidenceWindow', type: 'uint32' },
    { name: 'rulingWindow', type: 'uint32' },
    { name: 'defaultPercent', type: 'uint8' },
  ],
} as const;

/** EIP-712 types of what both parties sign for `cancel` and `extend` of the kernel. */
export const consentTypes = {
  Cancellation: [
    { name: 'jobId', type: 'uint256' },
    { name: 'providerAmount', type: 'uint256' },
    { name: 'validUntil', type: 'uint256' },
  ],
  Extension: [
    { name: 'jobId', type: 'uint256' },
    { name: 'expiredAt', type: 'uint48' },
    { name: 'validUntil', type: 'uint256' },
    { name: 'optParams', type: 'bytes' },
  ],
} as const;

/** EIP-712 types of the EIP-3009 authorization with which a wallet pays a contract. */
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

/** The domain of `termsTypes`. */
export function termsDomain(deployment: Pick<Deployment, 'chainId' | 'court'>): TypedDataDomain {
  const { chainId, court } = deployment;
  return { name: 'Bonafide Court', version: '1', chainId, verifyingContract: court };
}

/** The domain of `consentTypes`. */
export function consentDomain(deployment: Pick<Deployment, 'chainId' | 'agenticCommerce'>): TypedDataDomain {
  const { chainId, agenticCommerce } = deployment;
  return { name: 'Bonafide Agentic Commerce', version: '1', chainId, verifyingContract: agenticCommerce };
}

/** The domain of USDC's permits and authorizations. */
export function usdcDomain(deployment: Pick<Deployment, 'chainId' | 'usdc' | 'usdcName'>): TypedDataDomain {
  const { chainId, usdc, usdcName } = deployment;
  return { name: usdcName, version: '2', chainId, verifyingContract: usdc };
}

/** `ICourt.Rules`. */
export interface RulesStruct {
  readonly validators: readonly Address[];
  readonly requiredPasses: number;
  readonly threshold: number;
  readonly validatorFee: bigint;
  readonly validationWindow: number;
  readonly silencePercent: number;
  readonly disputeWindow: number;
  readonly revalidators: readonly Address[];
  readonly requiredRepasses: number;
  readonly bondBps: number;
  readonly evidenceWindow: number;
  readonly rulingWindow: number;
  readonly defaultPercent: number;
}

/** `ICourt.Proposal`: the terms that the kernel's job does not already hold. */
export interface TermsProposal {
  readonly salt: bigint;
  /** Unix seconds; the provider may deliver until then. */
  readonly submitBy: number;
  readonly specHash: Hex;
  readonly previousJobId: bigint;
  readonly hasClientAgent: boolean;
  /** 0n without an agent id. */
  readonly clientAgentId: bigint;
  readonly rules: RulesStruct;
  /** `0x`, or the provider's offer, which is then accepted at once. */
  readonly providerSignature: Hex;
}

/** `IAgenticCommerce.NewJob`. */
export interface NewJob {
  readonly provider: Address;
  readonly evaluator: Address;
  readonly hook: Address;
  /** Unix seconds. */
  readonly expiredAt: number;
  readonly budget: bigint;
  readonly evaluatorFee: bigint;
  readonly templateId: number;
  readonly hasAgentId: boolean;
  /** 0n without an agent id. */
  readonly agentId: bigint;
  readonly description: string;
}

const proposalParameters = parseAbiParameters([
  'Proposal proposal',
  'struct Proposal { uint256 salt; uint48 submitBy; bytes32 specHash; uint256 previousJobId; bool hasClientAgent; uint256 clientAgentId; Rules rules; bytes providerSignature; }',
  'struct Rules { address[] validators; uint8 requiredPasses; uint8 threshold; uint96 validatorFee; uint32 validationWindow; uint8 silencePercent; uint32 disputeWindow; address[] revalidators; uint8 requiredRepasses; uint16 bondBps; uint32 evidenceWindow; uint32 rulingWindow; uint8 defaultPercent; }',
]);

const newJobParameters = parseAbiParameters([
  'address kernel, uint256 chainId, NewJob job, bytes optParams',
  'struct NewJob { address provider; address evaluator; address hook; uint48 expiredAt; uint256 budget; uint256 evaluatorFee; uint32 templateId; bool hasAgentId; uint256 agentId; string description; }',
]);

const paymentParameters = parseAbiParameters(
  'address payee, uint256 chainId, uint256 subject, uint256 amount',
);
const evidenceParameters = parseAbiParameters(
  'address payee, uint256 chainId, uint256 jobId, bytes32 evidence',
);
const joinParameters = parseAbiParameters('address pool, uint256 chainId, address arbitrator, uint256 stake');

/** The only EIP-3009 nonce with which the kernel funds this job, so a signature cannot fund another one. */
export function authorizationNonce(
  { chainId, agenticCommerce }: Pick<Deployment, 'chainId' | 'agenticCommerce'>,
  { jobId, budget }: { readonly jobId: bigint; readonly budget: bigint },
): Hex {
  return keccak256(encodeAbiParameters(paymentParameters, [agenticCommerce, BigInt(chainId), jobId, budget]));
}

/** The only EIP-3009 nonce with which `createAndFund` makes and funds exactly this job. */
export function newJobNonce(
  { chainId, agenticCommerce }: Pick<Deployment, 'chainId' | 'agenticCommerce'>,
  { job, optParams }: { readonly job: NewJob; readonly optParams: Hex },
): Hex {
  return keccak256(encodeAbiParameters(newJobParameters, [agenticCommerce, BigInt(chainId), job, optParams]));
}

/** The only EIP-3009 nonce of a bond with this evidence. */
export function bondNonce(
  { chainId, disputes }: Pick<Deployment, 'chainId' | 'disputes'>,
  { jobId, evidenceHash }: { readonly jobId: bigint; readonly evidenceHash: Hex },
): Hex {
  return keccak256(encodeAbiParameters(evidenceParameters, [disputes, BigInt(chainId), jobId, evidenceHash]));
}

/** The only EIP-3009 nonce with which this arbitrator joins with this stake. */
export function joinNonce(
  { chainId, arbitratorPool }: Pick<Deployment, 'chainId' | 'arbitratorPool'>,
  { arbitrator, stake }: { readonly arbitrator: Address; readonly stake: bigint },
): Hex {
  return keccak256(encodeAbiParameters(joinParameters, [arbitratorPool, BigInt(chainId), arbitrator, stake]));
}

/** The `optParams` with which a client proposes terms when it creates a job or sets its budget. */
export function encodeProposal(proposal: TermsProposal): Hex {
  return encodeAbiParameters(proposalParameters, [proposal]);
}

/** The `optParams` with which a provider names the address of its deliverable through `submit`. */
export function encodeDeliverableUri(deliverableUri: string): Hex {
  return encodeAbiParameters([{ name: 'deliverableURI', type: 'string' }], [deliverableUri]);
}
