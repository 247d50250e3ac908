import { type Address, type Client, encodeDeployData, getContractAddress, type Hex } from 'viem';
import { getCode, getTransactionCount, waitForTransactionReceipt } from 'viem/actions';
import { planDeployment } from '../deploy.ts';
import { requireDeployment } from '../deployments.ts';
import { ContractsError } from '../errors.ts';
import {
  identityRegistryAbi,
  reputationRegistryAbi,
  testUsdcAbi,
  validationRegistryAbi,
} from '../generated/abi.ts';
import { bytecode } from '../generated/bytecode.ts';

/** Has no private key anywhere: only a chain that lets itself be impersonated can deploy these addresses. */
export const deployer: Address = '0xb07af1de00000000000000000000000000000001';

/** Addresses in order of deployment; the nonce makes them the same on every local chain. */
export function localAddress(nonce: number): Address {
  return getContractAddress({ from: deployer, nonce: BigInt(nonce) });
}

/** Sends a transaction as any account, without its key, and waits until it succeeded. */
export async function sendAs(
  client: Client,
  transaction: { from: Address; to?: Address; data: Hex },
): Promise<void> {
  await call(client, 'anvil_setBalance', [transaction.from, '0x3635c9adc5dea00000']);
  await call(client, 'anvil_impersonateAccount', [transaction.from]);
  const hash = await call<Hex>(client, 'eth_sendTransaction', [transaction]);
  const receipt = await waitForTransactionReceipt(client, { hash, pollingInterval: 20 });
  if (receipt.status !== 'success')
    throw new ContractsError('LOCAL_CHAIN_FAILED', `Transaction ${hash} reverted.`);
}

/** Calls a method that viem's client types do not know. */
export function call<T = unknown>(client: Client, method: string, params: unknown[]): Promise<T> {
  return client.request({ method, params } as never) as Promise<T>;
}

/** Deploys whatever of the contracts a fresh or restored chain does not have yet. */
export async function deployLocal(client: Client): Promise<void> {
  const { usdc, identityRegistry, reputationRegistry } = requireDeployment('local');
  const standIns = [
    encodeDeployData({ abi: testUsdcAbi, bytecode: bytecode.testUsdc }),
    encodeDeployData({ abi: identityRegistryAbi, bytecode: bytecode.identityRegistry, args: [deployer] }),
    encodeDeployData({
      abi: reputationRegistryAbi,
      bytecode: bytecode.reputationRegistry,
      args: [identityRegistry, deployer],
    }),
    encodeDeployData({
      abi: validationRegistryAbi,
      bytecode: bytecode.validationRegistry,
      args: [identityRegistry, deployer],
    }),
  ];
  const plan = planDeployment({
    deployer,
    firstNonce: standIns.length,
    usdc,
    identityRegistry,
    reputationRegistry,
    administrator: deployer,
    guardian: deployer,
    timelockSeconds: 172_800n,
    fundShareBps: 2_000,
  });
  const creations = [...standIns, ...plan.map((creation) => creation.data)];
  const done = await getTransactionCount(client, { address: deployer });
  for (const data of creations.slice(done)) await sendAs(client, { from: deployer, data });
  await assertDeployed(client);
}

/** Rejects a chain that is not one of ours. */
export async function assertDeployed(client: Client): Promise<void> {
  const code = await getCode(client, { address: requireDeployment('local').disputes });
  if (!code) throw new ContractsError('LOCAL_CHAIN_FAILED', 'This chain does not have the local contracts.');
}
