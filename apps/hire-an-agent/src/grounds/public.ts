import { tell } from '@bonafide/app-kit';
import { requireDeployment, testUsdcAbi } from '@bonafide/contracts';
import { formatUsdc, parseUsdc } from '@bonafide/core/models';
import { createPublicClient, formatEther, type Hex, http, isHex, parseEther } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import type { Grounds } from './local.ts';

const GAS_MONEY_WEI = parseEther('0.0005');
const TICK_S = 30;

/** A public chain: real transactions with keys of the environment, at the chain's own pace. */
export async function publicGrounds(
  chainName: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Grounds> {
  const deployment = requireDeployment(chainName);
  const rpcUrl = environment.BONAFIDE_RPC_URL;
  if (!rpcUrl) throw new Error(`Set BONAFIDE_RPC_URL to a node of '${chainName}'.`);
  const node = createPublicClient({ transport: http(rpcUrl) });
  const chainId = await node.getChainId();
  if (chainId !== deployment.chainId) {
    throw new Error(`The node is on chain ${chainId}; '${chainName}' is ${deployment.chainId}.`);
  }
  return {
    rpcUrl,
    deployment,
    windows: { submit: 900, validation: 120, dispute: 600, evidence: 600, ruling: 3_600 },
    pace: 10,
    gatewayEnvironment: { BONAFIDE_CHAIN: chainName },
    async walletOf(name, { usdc }) {
      const variable = `BONAFIDE_KEY_${name.toUpperCase().replaceAll('-', '_')}`;
      const key = environment[variable];
      if (!isHex(key) || key.length !== 66)
        throw new Error(`Set ${variable} to the private key of the ${name}.`);
      const address = privateKeyToAddress(key);
      const [wei, units] = await Promise.all([
        node.getBalance({ address }),
        node.readContract({
          address: deployment.usdc,
          abi: testUsdcAbi,
          functionName: 'balanceOf',
          args: [address],
        }),
      ]);
      if (wei < GAS_MONEY_WEI || units < parseUsdc(usdc)) {
        throw new Error(
          `The ${name}, ${address}, has ${formatEther(wei)} ETH and ${formatUsdc(units)} USDC; it needs ${formatEther(GAS_MONEY_WEI)} and ${usdc}.`,
        );
      }
      return key satisfies Hex;
    },
    async advance(seconds, why) {
      for (let left = seconds + 1; left > 0; left -= TICK_S) {
        tell('network', `waiting: ${why} in ${left} s`);
        await new Promise((resolve) => setTimeout(resolve, Math.min(left, TICK_S) * 1_000));
      }
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}
