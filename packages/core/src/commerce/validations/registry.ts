import { validationRegistryAbi } from '@bonafide/contracts';
import type { Hex } from 'viem';
import type { LocalContext } from '../../client/local-handlers.ts';
import { BonafideError } from '../../errors.ts';
import { type Chain, openChain } from '../chain.ts';
import { reading } from '../reading.ts';

/** The ERC-8004 validation registry of a chain that has one. */
export interface ValidationRegistry {
  readonly chain: Chain;
  readonly address: Hex;
}

/** A request as the registry has it; before an answer the response fields are empty. */
export interface ChainValidation {
  readonly validator: Hex;
  readonly agentId: bigint;
  readonly response: number;
  readonly responseHash: Hex;
  readonly tag: string;
}

/** Throws UNSUPPORTED where no registry is: its standard still changes, so none is published. */
export async function openRegistry(context: LocalContext): Promise<ValidationRegistry> {
  const chain = await openChain(context);
  const { validationRegistry, chainId } = chain.deployment;
  if (validationRegistry) return { chain, address: validationRegistry };
  const message = `Chain ${chainId} has no ERC-8004 validation registry. Jobs have validators of their own.`;
  throw new BonafideError('UNSUPPORTED', message);
}

/** The request with this hash, or undefined when nobody asked. */
export async function findValidation(
  { chain, address }: ValidationRegistry,
  requestHash: Hex,
): Promise<ChainValidation | undefined> {
  const request = { address, abi: validationRegistryAbi, functionName: 'getValidationStatus' } as const;
  try {
    const [validator, agentId, response, responseHash, tag] = await reading('the validation', () =>
      chain.node.readContract({ ...request, args: [requestHash] }),
    );
    return { validator, agentId, response, responseHash, tag };
  } catch (error) {
    if (isUnknown(BonafideError.from(error))) return undefined;
    throw error;
  }
}

// The registry has no errors of its own, only `Error(string)`.
const isUnknown = ({ details }: BonafideError): boolean =>
  details.revert === 'Error' && Array.isArray(details.arguments) && details.arguments[0] === 'unknown';
