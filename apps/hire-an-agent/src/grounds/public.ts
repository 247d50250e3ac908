import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { tell } from '@bonafide/app-kit';
import {
  type Deployment,
  deployments,
  parseDeployment,
  requireDeployment,
  testUsdcAbi,
} from '@bonafide/contracts';
import { formatUsdc, parseUsdc } from '@bonafide/core/models';
import { createPublicClient, formatEther, type Hex, http, isHex, type PublicClient, parseEther } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import type { Grounds, Wallets } from './local.ts';

const GAS_MONEY_WEI = parseEther('0.0005');
const TICK_S = 30;

type Environment = Readonly<Record<string, string | undefined>>;

interface Place {
  readonly chainName: string;
  readonly environment: Environment;
  /** Everybody who will play, so that what is missing is told at once. */
  readonly wallets: Wallets;
}

/** A public chain: real transactions with keys of the environment, at the chain's own pace. */
export async function publicGrounds({ chainName, environment, wallets }: Place): Promise<Grounds> {
  const { deployment, ...deploymentVariables } = findDeployment(chainName, environment);
  const rpcUrl = environment.BONAFIDE_RPC_URL;
  if (!rpcUrl) throw new Error(`Set BONAFIDE_RPC_URL to a node of '${chainName}'.`);
  const node = createPublicClient({ transport: http(rpcUrl) });
  await assertChain(node, { chainName, deployment });
  const keys = readKeys(environment, wallets);
  await assertFunded({ node, deployment, wallets }, keys);
  return {
    rpcUrl,
    deployment,
    windows: { submit: 900, validation: 120, dispute: 600, evidence: 600, ruling: 3_600 },
    pace: 10,
    gatewayEnvironment: { BONAFIDE_CHAIN: chainName },
    deploymentVariables,
    async walletOf(name) {
      const key = keys.get(name);
      if (!key) throw new Error(`Nobody has said that '${name}' plays.`);
      return key;
    },
    async advance(seconds, why) {
      for (let left = seconds + 1; left > 0; left -= TICK_S) {
        tell('network', `waiting: ${why} in ${left} s`);
        await new Promise((done) => setTimeout(done, Math.min(left, TICK_S) * 1_000));
      }
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** The recorded one, or the file that `bonafide contracts deploy` has written. */
function findDeployment(
  chainName: string,
  { BONAFIDE_DEPLOYMENT_FILE: file }: Environment,
): { readonly deployment: Deployment; readonly BONAFIDE_DEPLOYMENT_FILE?: string } {
  if (file) {
    const path = resolve(file);
    return { deployment: parseDeployment(readDeployment(path)), BONAFIDE_DEPLOYMENT_FILE: path };
  }
  const isKnown = Object.entries(deployments).some(([name, { court }]) => name === chainName && court);
  if (isKnown) return { deployment: requireDeployment(chainName) };
  throw new Error(
    `Our contracts are not recorded for '${chainName}'. Deploy them (bonafide contracts deploy --chain ${chainName}) and set BONAFIDE_DEPLOYMENT_FILE to the deployment.json it writes; docs/networks.md shows how.`,
  );
}

function readDeployment(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new Error(`BONAFIDE_DEPLOYMENT_FILE: ${path} cannot be read.`);
  }
}

async function assertChain(
  node: PublicClient,
  { chainName, deployment }: { readonly chainName: string; readonly deployment: Deployment },
): Promise<void> {
  const wanted = Object.entries(deployments).find(([name]) => name === chainName)?.[1].chainId;
  if (deployment.chainId !== wanted)
    throw new Error(
      `BONAFIDE_DEPLOYMENT_FILE is about chain ${deployment.chainId}; '${chainName}' is ${wanted}.`,
    );
  // Not the library's message: it holds the address of the node, and that may hold a key.
  const chainId = await node.getChainId().catch(() => {
    throw new Error(`The node of BONAFIDE_RPC_URL does not answer.`);
  });
  if (chainId !== wanted)
    throw new Error(`The node of BONAFIDE_RPC_URL is on chain ${chainId}; '${chainName}' is ${wanted}.`);
}

const variableOf = (name: string): string => `BONAFIDE_KEY_${name.toUpperCase().replaceAll('-', '_')}`;

function readKeys(environment: Environment, wallets: Wallets): ReadonlyMap<string, Hex> {
  const found = new Map<string, Hex>();
  const missing: string[] = [];
  for (const [name, { usdc }] of Object.entries(wallets)) {
    const key = environment[variableOf(name)];
    if (isHex(key) && key.length === 66) found.set(name, key);
    else
      missing.push(
        `  ${variableOf(name)}  of a wallet with ${formatEther(GAS_MONEY_WEI)} ETH and ${usdc} USDC`,
      );
  }
  if (missing.length === 0) return found;
  throw new Error(`Set these to private keys, 0x and 64 hexadecimal digits:\n${missing.join('\n')}`);
}

interface Money {
  readonly node: PublicClient;
  readonly deployment: Deployment;
  readonly wallets: Wallets;
}

async function assertFunded(
  { node, deployment, wallets }: Money,
  keys: ReadonlyMap<string, Hex>,
): Promise<void> {
  const look = async ([name, key]: readonly [string, Hex]): Promise<string[]> => {
    const address = privateKeyToAddress(key);
    const usdc = { address: deployment.usdc, abi: testUsdcAbi } as const;
    const [wei, units] = await Promise.all([
      node.getBalance({ address }),
      node.readContract({ ...usdc, functionName: 'balanceOf', args: [address] }),
    ]);
    const needed = wallets[name]?.usdc ?? '0';
    if (wei >= GAS_MONEY_WEI && units >= parseUsdc(needed)) return [];
    const facts = `has ${formatEther(wei)} ETH and ${formatUsdc(units)} USDC; it needs ${formatEther(GAS_MONEY_WEI)} and ${needed}`;
    return [`  ${name}, ${address}, ${facts}`];
  };
  const poor = (await Promise.all([...keys].map(look))).flat();
  if (poor.length > 0) throw new Error(`These wallets need more:\n${poor.join('\n')}`);
}
