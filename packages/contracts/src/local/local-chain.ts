import { type Address, createClient, encodeFunctionData, http, numberToHex } from 'viem';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';
import { getBalance, getChainId } from 'viem/actions';
import { type Deployment, requireDeployment } from '../deployments.ts';
import { ContractsError } from '../errors.ts';
import { testUsdcAbi } from '../generated/abi.ts';
import { startAnvil } from './anvil.ts';
import { assertDeployed, call, deployLocal, sendAs } from './deploy.ts';

/** What to add to an account. */
export interface FaucetAmounts {
  wei?: bigint;
  /** Millionths of a test USDC. */
  usdcUnits?: bigint;
}

/** How to start a local chain. */
export interface LocalChainOptions {
  /** 0, the default, picks a free port. */
  port?: number;
  /** File that keeps the chain over restarts. */
  statePath?: string;
  /** Mine on a clock instead of at every transaction. */
  blockTimeSeconds?: number;
}

/** A reachable chain with all contracts deployed. */
export interface LocalChainConnection {
  rpcUrl: string;
  deployment: Deployment;
  faucet(address: Address, amounts: FaucetAmounts): Promise<void>;
}

/** A chain of our own; disposing it stops the process, and so does the end of this process. */
export interface LocalChain extends LocalChainConnection, AsyncDisposable {}

/** Starts anvil on loopback with everything deployed; throws `ContractsError` when that fails. */
export async function startLocalChain(options: LocalChainOptions = {}): Promise<LocalChain> {
  const { port = 0, statePath, blockTimeSeconds } = options;
  const anvil = await startAnvil({ port, statePath });
  try {
    const client = clientOf(anvil.rpcUrl);
    await deployLocal(client);
    if (blockTimeSeconds) await call(client, 'evm_setIntervalMining', [blockTimeSeconds]);
    return { ...connectionTo(anvil.rpcUrl), [Symbol.asyncDispose]: anvil.stop };
  } catch (error) {
    await anvil.stop();
    throw error;
  }
}

/** Connects to a chain that `startLocalChain` started, in this process or another. */
export async function connectLocalChain(rpcUrl: string): Promise<LocalChainConnection> {
  const client = clientOf(rpcUrl);
  const chainId = await getChainId(client);
  const expected = requireDeployment('local').chainId;
  if (chainId !== expected)
    throw new ContractsError('LOCAL_CHAIN_FAILED', `${rpcUrl} is chain ${chainId}, not ${expected}.`);
  await assertDeployed(client);
  return connectionTo(rpcUrl);
}

/** Adds ether and test USDC to an account of a local chain. */
export async function fundAccount(rpcUrl: string, address: Address, amounts: FaucetAmounts): Promise<void> {
  const client = clientOf(rpcUrl);
  const { wei = 0n, usdcUnits = 0n } = amounts;
  if (wei > 0n) {
    const balance = await getBalance(client, { address });
    await call(client, 'anvil_setBalance', [address, numberToHex(balance + wei)]);
  }
  if (usdcUnits > 0n) {
    const data = encodeFunctionData({ abi: testUsdcAbi, functionName: 'mint', args: [address, usdcUnits] });
    // A sender of its own for every call: concurrent faucets would compete for one account's nonce.
    const from = privateKeyToAddress(generatePrivateKey());
    await sendAs(client, { from, to: requireDeployment('local').usdc, data });
  }
}

function connectionTo(rpcUrl: string): LocalChainConnection {
  const faucet = (address: Address, amounts: FaucetAmounts) => fundAccount(rpcUrl, address, amounts);
  return { rpcUrl, deployment: requireDeployment('local'), faucet };
}

function clientOf(rpcUrl: string) {
  return createClient({ transport: http(rpcUrl), pollingInterval: 20 });
}
