import {
  agenticCommerceAbi,
  courtAbi,
  type Deployment,
  identityRegistryAbi,
  testUsdcAbi,
} from '@bonafide/contracts';
import { type Abi, type Address, decodeFunctionData, type Hex, isAddressEqual } from 'viem';

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

/** What the parties of a job call; the owner's functions of the kernel are not among it. */
const kernelFunctions = new Set([
  'createJob',
  'createJobWithBudget',
  'setProvider',
  'setBudget',
  'fund',
  'fundWithPermit',
  'fundWithAuthorization',
  'submit',
  'complete',
  'reject',
  'claimRefund',
  'withdraw',
]);

/** Not the hook callbacks: only the kernel may make those. */
const courtFunctions = new Set(['accept', 'validate', 'validateAndSettle', 'settle']);

/**
 * The allow-list of one deployment by lower-case address. USDC can only be approved for the kernel, since a job needs no
 * more; the reputation registry is absent, since only the court writes there; of the identity registry only `register`.
 */
export function createRelayTargets(deployment: Deployment): ReadonlyMap<string, RelayTarget> {
  const { agenticCommerce, court, usdc, identityRegistry } = deployment;
  const targets: readonly (RelayTarget & { readonly address: Address })[] = [
    {
      name: 'agenticCommerce',
      address: agenticCommerce,
      abi: agenticCommerceAbi,
      allows: ({ functionName }) => kernelFunctions.has(functionName),
    },
    {
      name: 'court',
      address: court,
      abi: courtAbi,
      allows: ({ functionName }) => courtFunctions.has(functionName),
    },
    { name: 'usdc', address: usdc, abi: testUsdcAbi, allows: (call) => isApprovalFor(call, agenticCommerce) },
    {
      name: 'identityRegistry',
      address: identityRegistry,
      abi: identityRegistryAbi,
      allows: ({ functionName }) => functionName === 'register',
    },
  ];
  return new Map(targets.map((target) => [target.address.toLowerCase(), target]));
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

function isApprovalFor({ functionName, args }: RelayedCall, spender: Address): boolean {
  return (
    functionName === 'approve' && typeof args[0] === 'string' && isAddressEqual(args[0] as Address, spender)
  );
}
