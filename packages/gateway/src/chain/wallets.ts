import { type Deployment, identityRegistryAbi } from '@bonafide/contracts';
import { walletLinkMessage } from '@bonafide/core/models';
import {
  AbiDecodingDataSizeTooSmallError,
  type Address,
  BaseError,
  ContractFunctionZeroDataError,
  type Hex,
  hashMessage,
  isAddressEqual,
  type PublicClient,
  parseAbi,
  recoverAddress,
} from 'viem';
import { askNode, findRevert } from './failures.ts';

const erc1271Abi = parseAbi([
  'function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)',
]);
const MAGIC = '0x1626ba7e';

export interface WalletLink {
  readonly did: string;
  readonly address: string;
  readonly signature: string;
}

/** Whether the wallet itself signed that it belongs to the agent: a key (EIP-191) or a deployed contract (ERC-1271). */
export async function isWalletSignature(client: PublicClient, link: WalletLink): Promise<boolean> {
  const { did, address, signature } = link;
  const hash = hashMessage(walletLinkMessage({ did, address }));
  return isSignatureOf(client, { address: address as Address, hash, signature: signature as Hex });
}

interface Signed {
  readonly address: Address;
  readonly hash: Hex;
  readonly signature: Hex;
}

/** Whether the account signed this hash: a key, or a deployed contract (ERC-1271). */
export async function isSignatureOf(client: PublicClient, signed: Signed): Promise<boolean> {
  // A key's signature needs no chain, so it is recognised while the node is away.
  return (await isKeySignature(signed)) || askNode(() => isContractSignature(client, signed));
}

async function isKeySignature({ address, hash, signature }: Signed): Promise<boolean> {
  try {
    return isAddressEqual(await recoverAddress({ hash, signature }), address);
  } catch {
    // Not 65 bytes, or no point on the curve: not a key's signature, but a contract may still accept it.
    return false;
  }
}

// Not viem's own: it says false when the node does not answer.
async function isContractSignature(client: PublicClient, signed: Signed): Promise<boolean> {
  const { address, hash, signature } = signed;
  if ((await client.getCode({ address })) === undefined) return false;
  try {
    const args = [hash, signature] as const;
    return (
      (await client.readContract({ address, abi: erc1271Abi, functionName: 'isValidSignature', args })) ===
      MAGIC
    );
  } catch (error) {
    if (findRevert(error) || isUnreadable(error)) return false;
    throw error;
  }
}

function isUnreadable(error: unknown): boolean {
  return (
    error instanceof BaseError &&
    error.walk(
      (cause) =>
        cause instanceof AbiDecodingDataSizeTooSmallError || cause instanceof ContractFunctionZeroDataError,
    ) !== null
  );
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
