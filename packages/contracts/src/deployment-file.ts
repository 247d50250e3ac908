import { type Address, getAddress, isAddress, zeroAddress } from 'viem';
import type { Deployment } from './deployments.ts';
import { ContractsError } from './errors.ts';

type AddressName = Exclude<keyof Deployment, 'chainId' | 'usdcName' | 'startBlock' | 'validationRegistry'>;

const addresses: readonly AddressName[] = [
  ...(['usdc', 'identityRegistry', 'reputationRegistry', 'agenticCommerce', 'court'] as const),
  ...(['disputes', 'arbitratorPool', 'treasury', 'jobTemplates', 'timelock'] as const),
];

/** A deployment as JSON, for `parseDeployment`. */
export function formatDeployment(deployment: Deployment): string {
  return `${JSON.stringify({ ...deployment, startBlock: String(deployment.startBlock) }, undefined, 2)}\n`;
}

/** A deployment from the JSON that `bonafide contracts deploy` writes; throws `ContractsError` when it is another thing. */
export function parseDeployment(text: string): Deployment {
  const found = parseJson(text);
  const { chainId, usdcName, startBlock, validationRegistry } = found;
  if (typeof chainId !== 'number' || !Number.isSafeInteger(chainId) || chainId < 1)
    throw invalid('chainId must be a chain id');
  if (typeof usdcName !== 'string' || usdcName === '') throw invalid('usdcName must be a name');
  if (typeof startBlock !== 'string' || !/^\d{1,18}$/.test(startBlock))
    throw invalid('startBlock must be a block number as a string');
  const parsed = Object.fromEntries(addresses.map((name) => [name, toAddress(found, name)]));
  return {
    ...(parsed as Record<AddressName, Address>),
    ...(validationRegistry !== undefined && {
      validationRegistry: toAddress(found, 'validationRegistry'),
    }),
    ...{ chainId, usdcName, startBlock: BigInt(startBlock) },
  };
}

function parseJson(text: string): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found === 'object' && found !== null && !Array.isArray(found))
      return found as Record<string, unknown>;
  } catch {
    // Told below, as for JSON that is no object.
  }
  throw invalid('it must be a JSON object');
}

/** With a valid checksum when it has one: a slip of the hand must not send money elsewhere. */
function toAddress(found: Record<string, unknown>, name: string): Address {
  const value = found[name];
  if (typeof value === 'string' && isAddress(value) && value !== zeroAddress) return getAddress(value);
  throw invalid(`${name} must be an address`);
}

function invalid(reason: string): ContractsError {
  return new ContractsError('INVALID_DEPLOYMENT', `This is no deployment file: ${reason}.`);
}
