import { type Address, type Hex, isAddressEqual, type PublicClient } from 'viem';
import { type Creation, planDeployment } from '../deploy.ts';
import { type ChainName, type ContractName, type Deployment, deployments } from '../deployments.ts';
import { ContractsError } from '../errors.ts';

/** Who administers a deployment and by which rules. */
export interface PublishParameters {
  /** May schedule and cancel what the timelock does. */
  readonly administrator: Address;
  /** May pause the kernel, and nothing else. */
  readonly guardian: Address;
  readonly timelockSeconds: number;
  readonly fundShareBps: number;
}

export interface PrepareOptions {
  readonly client: PublicClient;
  readonly chain: ChainName;
  readonly deployer: Address;
  readonly parameters: PublishParameters;
}

/** A creation, and whose transaction with which nonce it is. */
export interface Planned extends Creation {
  readonly deployer: Address;
  readonly nonce: number;
}

/** What a deployment will do and cost; nothing was sent for it. */
export interface PublishPlan {
  readonly chain: ChainName;
  readonly chainId: number;
  readonly deployer: Address;
  readonly firstNonce: number;
  /** Before the first creation. */
  readonly startBlock: bigint;
  readonly parameters: PublishParameters;
  readonly creations: readonly (Planned & { readonly gas: bigint })[];
  readonly gas: bigint;
  /** In wei, at the price of now. */
  readonly gasPrice: bigint;
  /** In wei; a rollup's fee for the chain below it comes on top. */
  readonly cost: bigint;
  readonly balance: bigint;
  readonly deployment: Deployment;
}

/** Plans a deployment on the state of the chain as it is; throws `ContractsError` when it is not the chain or not fit for it. */
export async function preparePublication(options: PrepareOptions): Promise<PublishPlan> {
  const { client, chain, deployer, parameters } = options;
  await checkChain(options);
  if (isAddressEqual(parameters.guardian, parameters.administrator))
    throw failed('The guardian must be another account than the owner of the timelock.');
  const [firstNonce, pending, startBlock, gasPrice, balance] = await Promise.all([
    client.getTransactionCount({ address: deployer, blockTag: 'latest' }),
    client.getTransactionCount({ address: deployer, blockTag: 'pending' }),
    client.getBlockNumber(),
    client.getGasPrice(),
    client.getBalance({ address: deployer }),
  ]);
  if (pending !== firstNonce)
    throw failed(`Transactions of ${deployer} wait for a block; try again after it.`);
  const creations = planCreations(options, firstNonce);
  for (const { address } of creations) {
    if (await client.getCode({ address })) throw failed(`There is a contract at ${address} already.`);
  }
  const priced = await estimate(options, creations);
  const gas = priced.reduce((sum, creation) => sum + creation.gas, 0n);
  return {
    ...{ chain, chainId: deployments[chain].chainId, deployer, firstNonce, startBlock, parameters },
    ...{ creations: priced, gas, gasPrice, cost: gas * gasPrice, balance },
    deployment: deploymentOf({ chain, creations, startBlock }),
  };
}

/** The creations of these parameters, whatever the chain already has of them. */
export function planCreations(
  { chain, deployer, parameters }: Omit<PrepareOptions, 'client'>,
  firstNonce: number,
): readonly Planned[] {
  const { usdc, identityRegistry, reputationRegistry } = deployments[chain];
  const plan = planDeployment({
    ...{ deployer, firstNonce, usdc, identityRegistry, reputationRegistry, ...parameters },
    timelockSeconds: BigInt(parameters.timelockSeconds),
  });
  return plan.map((creation, index) => ({ ...creation, deployer, nonce: firstNonce + index }));
}

/** Where everything will be. */
export function deploymentOf({
  chain,
  creations,
  startBlock,
}: {
  readonly chain: ChainName;
  readonly creations: readonly Creation[];
  readonly startBlock: bigint;
}): Deployment {
  const addresses = Object.fromEntries(creations.map(({ name, address }) => [name, address]));
  return { ...deployments[chain], ...(addresses as Pick<Deployment, ContractName>), startBlock };
}

/** Refuses a node of another chain, and one without the published contracts that ours rely on. */
export async function checkChain({ client, chain }: Omit<PrepareOptions, 'parameters'>): Promise<void> {
  const { chainId, usdc, identityRegistry, reputationRegistry } = deployments[chain];
  const found = await client.getChainId();
  if (found !== chainId) throw failed(`The node is on chain ${found}; ${chain} is chain ${chainId}.`);
  for (const [name, address] of Object.entries({ usdc, identityRegistry, reputationRegistry })) {
    if (!(await client.getCode({ address })))
      throw failed(`There is no ${name} at ${address} on this chain.`);
  }
}

/**
 * Gas of each creation. Those that ask an earlier contract while they are created find its code where it will be: running
 * a creation without sending it returns that code.
 */
async function estimate(
  { client, deployer }: PrepareOptions,
  creations: readonly Planned[],
): Promise<PublishPlan['creations']> {
  const created: { address: Address; code: Hex }[] = [];
  const priced: (Planned & { gas: bigint })[] = [];
  for (const creation of creations) {
    // With its own nonce it is created at its own address, which some contracts keep in their code.
    const stateOverride = [...created, { address: deployer, nonce: creation.nonce }];
    const run = { account: deployer, data: creation.data, stateOverride };
    const gas = await client.estimateGas(run);
    const { data: code } = await client.call(run);
    if (!code) throw failed(`The creation of ${creation.name} gives no contract.`);
    created.push({ address: creation.address, code });
    priced.push({ ...creation, gas });
  }
  return priced;
}

export function failed(message: string, options?: ErrorOptions): ContractsError {
  return new ContractsError('DEPLOY_FAILED', message, options);
}
