import {
  type Deployment,
  identityRegistryAbi,
  testUsdcAbi,
  validationRegistryAbi,
} from '@bonafide/contracts';
import { type Abi, type Address, decodeFunctionData, type Hex, isAddressEqual } from 'viem';
import { contractAbis } from '../chain/contract-log.ts';

/** A contract that may be called through the relay, and with what. */
export interface RelayTarget {
  readonly name: string;
  readonly abi: Abi;
  readonly allows: (call: RelayedCall) => boolean;
}

export interface RelayedCall {
  readonly functionName: string;
  readonly args: readonly unknown[];
}

/** What the parties, judges and bystanders of a job call. */
const functions = {
  /** Not: setPlatformFee, pause, unpause, setGuardian and what else belongs to owner and guardian. */
  agenticCommerce: [
    ...['createJob', 'createJobWithBudget', 'createAndFund', 'setProvider', 'setBudget', 'decline'],
    ...['fund', 'fundWithPermit', 'fundWithAuthorization', 'submit', 'complete', 'completeSplit', 'reject'],
    ...['cancel', 'extend', 'claimRefund', 'withdraw'],
  ],
  /** Not the hook callbacks, beginDispute and endDispute: only our own contracts may make those. */
  court: ['accept', 'withdrawOffer', 'validate', 'settle', 'withdraw'],
  disputes: [
    ...['open', 'answer', 'addEvidence', 'revalidate', 'escalate', 'captureEntropy', 'assignArbitrator'],
    ...['rule', 'finalize', 'releaseBonds', 'withdraw'],
  ],
  /** Not: begin, end and slash, which are the disputes contract's. */
  arbitratorPool: [
    ...['join', 'joinWithAuthorization', 'addStake', 'requestLeave', 'cancelLeave', 'withdrawStake'],
  ],
  jobTemplates: ['create', 'update', 'setActive', 'transfer'],
  /** Not: withdraw, setFundShare and rescue, which are the owner's. */
  treasury: ['sync', 'collect'],
  /** Not: transfers and approvals, which give the identity away, and setMetadata, which nothing here needs. */
  identityRegistry: ['register', 'setAgentWallet', 'setAgentURI'],
  validationRegistry: ['validationRequest', 'validationResponse'],
} as const;

/**
 * The allow-list of one deployment by lower-case address. USDC can be approved for the contracts that take it by allowance,
 * and transferred: it is the sender's own money, and the sender has signed this very transfer. Not through `transferFrom` or
 * an authorization, which move what somebody else has signed. The reputation registry is absent: only the court writes there.
 */
export function createRelayTargets(deployment: Deployment): ReadonlyMap<string, RelayTarget> {
  const { agenticCommerce, disputes, arbitratorPool, usdc } = deployment;
  const spenders = [agenticCommerce, disputes, arbitratorPool];
  const abis = {
    ...contractAbis,
    identityRegistry: identityRegistryAbi,
    validationRegistry: validationRegistryAbi,
  };
  const targets = new Map<string, RelayTarget>();
  for (const [name, abi] of Object.entries(abis) as [keyof typeof abis, Abi][]) {
    const address = deployment[name];
    // The validation registry is the only one that a chain may lack.
    if (address) targets.set(address.toLowerCase(), { name, abi, allows: among(functions[name]) });
  }
  return targets.set(usdc.toLowerCase(), {
    name: 'usdc',
    abi: testUsdcAbi,
    allows: (call) => call.functionName === 'transfer' || isApprovalFor(call, spenders),
  });
}

/** The function a target's ABI finds in the calldata, or undefined when there is none. */
export function decodeCall(target: RelayTarget, data: Hex): RelayedCall | undefined {
  try {
    const { functionName, args = [] } = decodeFunctionData({ abi: target.abi, data });
    return { functionName, args };
  } catch {
    // Unknown selector or broken arguments: both mean that this is no call the target knows.
    return undefined;
  }
}

function among(names: readonly string[]): RelayTarget['allows'] {
  const allowed = new Set(names);
  return ({ functionName }) => allowed.has(functionName);
}

function isApprovalFor({ functionName, args }: RelayedCall, spenders: readonly Address[]): boolean {
  const [spender] = args;
  if (functionName !== 'approve' || typeof spender !== 'string') return false;
  return spenders.some((allowed) => isAddressEqual(spender as Address, allowed));
}
