import { type Abi, type Address, encodeDeployData, getContractAddress, type Hex, zeroAddress } from 'viem';
import type { ContractName, Deployment } from './deployments.ts';
import {
  agenticCommerceAbi,
  arbitratorPoolAbi,
  courtAbi,
  disputesAbi,
  jobTemplatesAbi,
  timelockAbi,
  treasuryAbi,
} from './generated/abi.ts';
import { bytecode } from './generated/bytecode.ts';

/** What is on the chain already, and who will administer the contracts. */
export interface DeploymentPlanOptions {
  readonly deployer: Address;
  /** The deployer's nonce at the first creation: contracts that name each other are known by it beforehand. */
  readonly firstNonce: number;
  readonly usdc: Address;
  readonly identityRegistry: Address;
  readonly reputationRegistry: Address;
  /** May schedule and cancel what the timelock does; anybody may execute it when its time has come. */
  readonly administrator: Address;
  /** May pause the kernel. */
  readonly guardian: Address;
  readonly timelockSeconds: bigint;
  /** The arbitration fund's share of what the treasury receives. */
  readonly fundShareBps: number;
}

/** One contract to create. */
export interface Creation {
  readonly name: ContractName;
  readonly address: Address;
  readonly args: readonly unknown[];
  readonly data: Hex;
}

// In this order, because court and disputes ask the kernel for its token while they are created.
const order = [
  'timelock',
  'jobTemplates',
  'treasury',
  'agenticCommerce',
  'court',
  'arbitratorPool',
  'disputes',
] as const satisfies readonly ContractName[];

const abis: Record<ContractName, Abi> = {
  timelock: timelockAbi,
  jobTemplates: jobTemplatesAbi,
  treasury: treasuryAbi,
  agenticCommerce: agenticCommerceAbi,
  court: courtAbi,
  arbitratorPool: arbitratorPoolAbi,
  disputes: disputesAbi,
};

/** All creations in their order; nothing is sent. */
export function planDeployment(options: DeploymentPlanOptions): Creation[] {
  const { deployer, firstNonce } = options;
  const addresses = Object.fromEntries(
    order.map((name, index) => [
      name,
      getContractAddress({ from: deployer, nonce: BigInt(firstNonce + index) }),
    ]),
  ) as Pick<Deployment, ContractName>;
  const args = constructorArguments(options, addresses);
  return order.map((name) => ({
    name,
    address: addresses[name],
    args: args[name],
    data: encodeDeployData({ abi: abis[name], bytecode: bytecode[name], args: args[name] }),
  }));
}

function constructorArguments(
  options: DeploymentPlanOptions,
  at: Pick<Deployment, ContractName>,
): Record<ContractName, readonly unknown[]> {
  const { usdc, identityRegistry, reputationRegistry, administrator, guardian } = options;
  return {
    timelock: [options.timelockSeconds, [administrator], [zeroAddress], zeroAddress],
    jobTemplates: [],
    treasury: [usdc, at.disputes, at.timelock, options.fundShareBps],
    agenticCommerce: [usdc, identityRegistry, at.jobTemplates, at.timelock, guardian],
    court: [at.agenticCommerce, at.disputes, at.jobTemplates, identityRegistry, reputationRegistry],
    arbitratorPool: [usdc, at.agenticCommerce, at.disputes, at.treasury],
    disputes: [at.agenticCommerce, at.court, at.arbitratorPool, at.treasury],
  };
}
