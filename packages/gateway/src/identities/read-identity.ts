import { identityRegistryAbi } from '@bonafide/contracts';
import { BonafideError } from '@bonafide/core/errors';
import type { ChainIdentity } from '@bonafide/core/models';
import { isAddressEqual, zeroAddress } from 'viem';
import { askNode } from '../chain/failures.ts';
import { clip } from '../chain/folds/place.ts';
import type { ChainNode } from '../chain/services.ts';
import { findIdentityOwner } from '../chain/wallets.ts';

/** An ERC-8004 identity as the registry has it; throws NOT_FOUND. */
export async function readIdentity(
  { client, deployment }: ChainNode,
  chainAgentId: string,
): Promise<ChainIdentity> {
  const owner = await findIdentityOwner(client, { deployment, chainAgentId });
  if (owner === undefined) {
    throw new BonafideError('NOT_FOUND', `No ERC-8004 identity ${chainAgentId} is registered on this chain.`);
  }
  const registry = { address: deployment.identityRegistry, abi: identityRegistryAbi } as const;
  const args = [BigInt(chainAgentId)] as const;
  const [wallet, uri] = await askNode(() =>
    Promise.all([
      client.readContract({ ...registry, functionName: 'getAgentWallet', args }),
      client.readContract({ ...registry, functionName: 'tokenURI', args }),
    ]),
  );
  return { chainAgentId, owner, ...(!isAddressEqual(wallet, zeroAddress) && { wallet }), uri: clip(uri) };
}
