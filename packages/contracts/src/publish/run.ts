import { setTimeout } from 'node:timers/promises';
import { type Hex, isAddressEqual, keccak256, type LocalAccount, type PublicClient } from 'viem';
import type { Creation } from '../deploy.ts';
import { type Deployment, deployments } from '../deployments.ts';
import { checkChain, deploymentOf, failed, type Planned, planCreations } from './prepare.ts';
import { type PublishState, saveState } from './state.ts';
import { checkWiring } from './wiring.ts';

const INCLUSION_WAIT_MS = 180_000;

export interface RunOptions {
  readonly client: PublicClient;
  readonly account: LocalAccount;
  readonly state: PublishState;
  /** Of the state, which is written before each transaction. */
  readonly statePath: string;
  /** Told of each contract that is there now. */
  readonly onCreated: (created: { readonly creation: Creation; readonly transactionHash?: Hex }) => void;
}

/**
 * Creates what the chain does not have yet of a deployment and reads back how it is wired. Each contract belongs to one
 * nonce of the deployer, so running this again, even at the same time, never creates one twice.
 */
export async function runPublication(options: RunOptions): Promise<Deployment> {
  const { client, account, state } = options;
  const { chain, deployer, firstNonce, startBlock, parameters } = state;
  if (!isAddressEqual(account.address, deployer))
    throw failed(`This deployment was begun by ${deployer}; the key is of ${account.address}.`);
  await checkChain({ client, chain, deployer });
  const creations = planCreations({ chain, deployer, parameters }, firstNonce);
  let current = state;
  for (const creation of creations) {
    if (await client.getCode({ address: creation.address })) {
      options.onCreated({ creation });
      continue;
    }
    const serialized = await sign(options, creation);
    const transactionHash = keccak256(serialized);
    current = { ...current, sent: { ...current.sent, [creation.name]: transactionHash } };
    saveState(options.statePath, current);
    await carry(options, { creation, serialized });
    options.onCreated({ creation, transactionHash });
  }
  const deployment = deploymentOf({ chain, creations, startBlock });
  await checkWiring(client, { deployment, parameters, deployer });
  return deployment;
}

async function sign({ client, account, state }: RunOptions, { name, nonce, data }: Planned): Promise<Hex> {
  const next = await client.getTransactionCount({ address: account.address, blockTag: 'latest' });
  if (next !== nonce) {
    const remedy = 'Begin a new deployment with another state file.';
    throw failed(`The nonce ${nonce} for ${name} was used by another transaction. ${remedy}`);
  }
  const gas = await client.estimateGas({ account: account.address, data });
  const { maxFeePerGas, maxPriorityFeePerGas } = await client.estimateFeesPerGas();
  return account.signTransaction({
    ...{ type: 'eip1559', chainId: deployments[state.chain].chainId, nonce, data },
    ...{ gas: (gas * 6n) / 5n, maxFeePerGas, maxPriorityFeePerGas },
  });
}

async function carry(
  { client }: RunOptions,
  { creation, serialized }: { readonly creation: Planned; readonly serialized: Hex },
): Promise<void> {
  await client.sendRawTransaction({ serializedTransaction: serialized }).catch(async (cause: unknown) => {
    // The same creation, sent before a crash, may wait already; or only the answer was lost.
    if (!(await isTaken(client, creation, 'pending')))
      throw failed(`The node refused the creation of ${creation.name}.`, { cause });
  });
  const deadline = Date.now() + INCLUSION_WAIT_MS;
  while (!(await isTaken(client, creation, 'latest'))) {
    if (Date.now() > deadline)
      throw failed(`The creation of ${creation.name} is not in a block yet. Go on with --resume.`);
    await setTimeout(client.pollingInterval);
  }
  if (!(await client.getCode({ address: creation.address })))
    throw failed(`The creation of ${creation.name} reverted, or another transaction had its nonce.`);
}

/** Whether a transaction with the nonce of this creation is in a block, or waits for one. */
async function isTaken(
  client: PublicClient,
  { deployer, nonce }: Planned,
  blockTag: 'latest' | 'pending',
): Promise<boolean> {
  return (await client.getTransactionCount({ address: deployer, blockTag })) > nonce;
}
