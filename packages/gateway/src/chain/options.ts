import { readFileSync } from 'node:fs';
import { type Deployment, deployments, parseDeployment, requireDeployment } from '@bonafide/contracts';
import { BonafideError } from '@bonafide/core/errors';
import { isHex, parseEther, parseGwei, size } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { Config } from '../config/schema.ts';
import type { ChainOptions, KeeperSettings } from './services.ts';

type ChainConfig = NonNullable<Config['chain']>;

/** What an operator has set, with the files it names; VALIDATION_FAILED when one of them does not fit. */
export function toChainOptions({ keeper, relayLimit, deploymentFile, ...chain }: ChainConfig): ChainOptions {
  return {
    ...chain,
    deployment: deploymentFile ? readDeployment(deploymentFile, chain.name) : requireDeployment(chain.name),
    senderRate: relayLimit,
    keeper: keeper && toKeeperSettings(keeper),
  };
}

function readDeployment(path: string, chain: ChainConfig['name']): Deployment {
  const deployment = parseDeployment(read(path, 'deploymentFile'));
  const { chainId } = deployments[chain];
  if (deployment.chainId === chainId) return deployment;
  const found = `${path} is about chain ${deployment.chainId}`;
  throw new BonafideError('VALIDATION_FAILED', `chain.deploymentFile: ${found}, and ${chain} is ${chainId}.`);
}

function toKeeperSettings(keeper: NonNullable<ChainConfig['keeper']>): KeeperSettings {
  const { key, keyFile, maxGasPriceGwei, maxEthPerDay } = keeper;
  const text = key?.reveal() ?? read(keyFile ?? '', 'keeper.keyFile');
  return {
    account: toAccount(text),
    maxFeePerGas: parseGwei(maxGasPriceGwei),
    dailyLimit: parseEther(maxEthPerDay),
  };
}

// Never with the text or the library's message: both may quote the key.
function toAccount(text: string): KeeperSettings['account'] {
  const key = text.trim();
  const hex = key.startsWith('0x') ? key : `0x${key}`;
  if (isHex(hex) && size(hex) === 32) {
    try {
      return privateKeyToAccount(hex);
    } catch {
      // Zero, or not below the order of the curve.
    }
  }
  throw new BonafideError('VALIDATION_FAILED', 'chain.keeper: the key must be 32 bytes in hex.');
}

function read(path: string, setting: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    throw new BonafideError('VALIDATION_FAILED', `chain.${setting}: ${path} cannot be read: ${reason}.`, {
      cause,
    });
  }
}
