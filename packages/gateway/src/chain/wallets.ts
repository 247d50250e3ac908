import { type Deployment, identityRegistryAbi } from '@bonafide/contracts';
import { walletLinkMessage } from '@bonafide/core/models';
import { type Address, type Hex, isAddressEqual, type PublicClient, verifyMessage } from 'viem';
import { askNode, findRevert } from './failures.ts';

export interface WalletLink {
  readonly did: string;
  readonly address: string;
  readonly signature: string;
}

/** Whether the wallet itself signed that it belongs to the agent: a key (EIP-191) or a contract (ERC-1271). */
export async function isWalletSignature(client: PublicClient, link: WalletLink): Promise<boolean> {
  const { did, address, signature } = link;
  const message = walletLinkMessage({ did, address });
  const signed = { address: address as Address, message, signature: signature as Hex };
  // A key's signature needs no chain, so linking works while the node is away.
  if (await isKeySignature(signed)) return true;
  return askNode(() => client.verifyMessage(signed));
}

async function isKeySignature(signed: {
  address: Address;
  message: string;
  signature: Hex;
}): Promise<boolean> {
  try {
    return await verifyMessage(signed);
  } catch {
    // Not 65 bytes, or no point on the curve: not a key's signature, but a contract may still accept it.
    return false;
  }
}

/** Who owns an ERC-8004 identity; undefined when there is no such identity. */
export function findIdentityOwner(
  client: PublicClient,
  { deployment, chainAgentId }: { readonly deployment: Deployment; readonly chainAgentId: string },
): Promise<Address | undefined> {
  return askNode(async () => {
    try {
      return await client.readContract({
        address: deployment.identityRegistry,
        abi: identityRegistryAbi,
        functionName: 'ownerOf',
        args: [BigInt(chainAgentId)],
      });
    } catch (error) {
      if (findRevert(error)) return undefined;
      throw error;
    }
  });
}

/** Whether the address owns the identity now. */
export async function ownsIdentity(
  client: PublicClient,
  claim: { readonly deployment: Deployment; readonly address: string; readonly chainAgentId: string },
): Promise<boolean> {
  const owner = await findIdentityOwner(client, claim);
  return owner !== undefined && isAddressEqual(owner, claim.address as Address);
}
