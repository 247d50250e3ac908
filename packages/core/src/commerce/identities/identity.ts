import { identityRegistryAbi } from '@bonafide/contracts';
import type { Hex } from 'viem';
import type { LocalContext } from '../../client/local-handlers.ts';
import { BonafideError } from '../../errors.ts';
import { type Chain, openChain } from '../chain.ts';
import { requireWallet } from '../context.ts';
import { reading } from '../reading.ts';
import { conflict } from '../refusals.ts';
import { isSameAddress } from '../same-address.ts';

/** An ERC-8004 identity as its registry has it now. */
export interface Identity {
  readonly chain: Chain;
  readonly agentId: bigint;
  readonly owner: Hex;
  /** The zero address when none is registered. */
  readonly wallet: Hex;
  readonly uri: string;
}

/** The identity, if it is this wallet's; throws NOT_FOUND, or CONFLICT for somebody else's. */
export async function requireOwnIdentity(context: LocalContext, chainAgentId: string): Promise<Identity> {
  const { address } = requireWallet(context);
  const identity = await readIdentity(await openChain(context), BigInt(chainAgentId));
  if (isSameAddress(identity.owner, address)) return identity;
  const message = `Identity ${chainAgentId} belongs to ${identity.owner}, not to this wallet.`;
  throw conflict(message, { reason: 'SIGNER', owner: identity.owner });
}

async function readIdentity(chain: Chain, agentId: bigint): Promise<Identity> {
  const registry = { address: chain.deployment.identityRegistry, abi: identityRegistryAbi } as const;
  const { node } = chain;
  const args = [agentId] as const;
  const owner = await reading('the identity', () =>
    node.readContract({ ...registry, functionName: 'ownerOf', args }),
  ).catch(orNotFound(agentId));
  const [wallet, uri] = await reading('the identity', () =>
    Promise.all([
      node.readContract({ ...registry, functionName: 'getAgentWallet', args }),
      node.readContract({ ...registry, functionName: 'tokenURI', args }),
    ]),
  );
  return { chain, agentId, owner, wallet, uri };
}

function orNotFound(agentId: bigint): (error: unknown) => never {
  return (error) => {
    const { revert } = BonafideError.from(error).details;
    if (revert !== 'ERC721NonexistentToken') throw error;
    throw new BonafideError('NOT_FOUND', `There is no identity ${agentId} on this chain.`);
  };
}
