import { tell } from '@bonafide/app-kit';
import type { Deployment } from '@bonafide/contracts';
import { startLocalChain } from '@bonafide/contracts/local';
import { parseUsdc } from '@bonafide/core/models';
import { createTestClient, type Hex, http } from 'viem';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';
import type { Windows } from '../scenarios/stage.ts';

/** Who plays, and how much USDC each has to have. */
export type Wallets = Readonly<Record<string, { readonly usdc: string }>>;

/** A chain to play on. */
export interface Grounds extends AsyncDisposable {
  readonly rpcUrl: string;
  readonly deployment: Deployment;
  readonly windows: Windows;
  readonly pace: number;
  readonly gatewayEnvironment: Readonly<Record<string, string>>;
  /** Where the contracts are, for gateway and agents, on a chain that does not say so itself. */
  readonly deploymentVariables: Readonly<Record<string, string>>;
  /** The key of a wallet that has gas money and at least this much USDC. */
  walletOf(name: string, needs: { readonly usdc: string }): Promise<Hex>;
  advance(seconds: number, why: string): Promise<void>;
}

const START_ETHER_WEI = 10n ** 18n;
const HOUR = 3_600;

/** A chain of its own, with everybody's money from nothing and time that passes when it is told to. */
export async function localGrounds(): Promise<Grounds> {
  const chain = await startLocalChain();
  const test = createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) });
  return {
    rpcUrl: chain.rpcUrl,
    deployment: chain.deployment,
    windows: { submit: HOUR, validation: HOUR, dispute: HOUR, evidence: HOUR, ruling: 2 * HOUR },
    pace: 1,
    gatewayEnvironment: { BONAFIDE_CHAIN: 'local' },
    deploymentVariables: {},
    async walletOf(_, { usdc }) {
      const key = generatePrivateKey();
      await chain.faucet(privateKeyToAddress(key), { wei: START_ETHER_WEI, usdcUnits: parseUsdc(usdc) });
      return key;
    },
    async advance(seconds, why) {
      await test.increaseTime({ seconds: seconds + 1 });
      await test.mine({ blocks: 1 });
      tell('network', `${why} (${seconds} s at once)`);
    },
    [Symbol.asyncDispose]: () => chain[Symbol.asyncDispose](),
  };
}
