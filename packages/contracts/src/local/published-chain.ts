import { type Abi, type Address, createClient, encodeDeployData, type Hex, http } from 'viem';
import { getCode, waitForTransactionReceipt } from 'viem/actions';
import { type ChainName, deployments } from '../deployments.ts';
import { identityRegistryAbi, reputationRegistryAbi, testUsdcAbi } from '../generated/abi.ts';
import { bytecode } from '../generated/bytecode.ts';
import { startAnvil } from './anvil.ts';
import { call, deployer } from './deploy.ts';

/** A chain of our own under the id of a published one; disposing it stops the process. */
export interface PublishedChain extends AsyncDisposable {
  rpcUrl: string;
}

/**
 * Starts anvil with the chain id of a published chain, and with stand-ins where that has USDC and the ERC-8004 registries: a
 * place to try a deployment on. None of our own contracts are there. The USDC says `USD Coin` in its EIP-712 domain.
 */
export async function startPublishedChain(chain: Exclude<ChainName, 'local'>): Promise<PublishedChain> {
  const { chainId, usdc, identityRegistry, reputationRegistry } = deployments[chain];
  const anvil = await startAnvil({ port: 0, chainId });
  try {
    const place = (target: Address, code: StandIn) => placeCode(anvil.rpcUrl, { target, ...code });
    await place(usdc, { abi: testUsdcAbi, creation: bytecode.testUsdc, args: [] });
    await place(identityRegistry, {
      ...{ abi: identityRegistryAbi, creation: bytecode.identityRegistry, args: [deployer] },
    });
    await place(reputationRegistry, {
      abi: reputationRegistryAbi,
      creation: bytecode.reputationRegistry,
      args: [identityRegistry, deployer],
    });
    return { rpcUrl: anvil.rpcUrl, [Symbol.asyncDispose]: anvil.stop };
  } catch (error) {
    await anvil.stop();
    throw error;
  }
}

interface StandIn {
  readonly abi: Abi;
  readonly creation: Hex;
  readonly args: readonly unknown[];
}

/** Creates a contract anywhere and copies its code: immutable values are in it, storage is not. */
async function placeCode(
  rpcUrl: string,
  { target, abi, creation, args }: StandIn & { readonly target: Address },
): Promise<void> {
  const client = createClient({ transport: http(rpcUrl), pollingInterval: 20 });
  const data = encodeDeployData({ abi, bytecode: creation, args });
  await call(client, 'anvil_setBalance', [deployer, '0x3635c9adc5dea00000']);
  await call(client, 'anvil_impersonateAccount', [deployer]);
  const hash = await call<Hex>(client, 'eth_sendTransaction', [{ from: deployer, data }]);
  const { contractAddress } = await waitForTransactionReceipt(client, { hash });
  const code = contractAddress && (await getCode(client, { address: contractAddress }));
  await call(client, 'anvil_setCode', [target, code]);
}
