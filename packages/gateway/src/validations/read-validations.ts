import { validationRegistryAbi } from '@bonafide/contracts';
import { BonafideError } from '@bonafide/core/errors';
import type { ChainValidation } from '@bonafide/core/models';
import { type Address, type Hex, type PublicClient, zeroHash } from 'viem';
import { toTime } from '../chain/clock.ts';
import { askNode, findRevert } from '../chain/failures.ts';
import { clip } from '../chain/folds/place.ts';
import { mapAtOnce } from '../chain/map-at-once.ts';
import type { ChainNode } from '../chain/services.ts';
import { NUMBERS, type PageInput, readPage } from '../paging.ts';

/** Questions to the node under way at once. */
const AT_ONCE = 8;

interface Registry {
  readonly client: PublicClient;
  readonly address: Address;
}

/** A validation by its request; throws NOT_FOUND, and UNSUPPORTED where no registry is published. */
export async function readValidation(node: ChainNode, requestHash: string): Promise<ChainValidation> {
  const found = await askNode(() => readStatus(registryOf(node), requestHash as Hex));
  if (found) return found;
  throw new BonafideError('NOT_FOUND', 'Nobody asked for this validation on this chain.');
}

/** One page of the validations of an identity, newest first. */
export async function listValidations(
  node: ChainNode,
  { chainAgentId, ...input }: PageInput & { readonly chainAgentId: string },
): Promise<{ items: ChainValidation[]; nextCursor?: string }> {
  const registry = registryOf(node);
  const hashes = await askNode(() =>
    registry.client.readContract({
      ...{ address: registry.address, abi: validationRegistryAbi },
      functionName: 'getAgentValidations',
      args: [BigInt(chainAgentId)],
    }),
  );
  const { items, ...rest } = readPage({
    input,
    read: ({ beyond, limit }) => newestOf(hashes, { below: beyond, limit }),
    keyOf: ({ place }) => String(place),
    keys: NUMBERS,
  });
  const read = await askNode(() => mapAtOnce(items, AT_ONCE, ({ hash }) => readStatus(registry, hash)));
  return { items: read.filter((each) => each !== undefined), ...rest };
}

// The registry lists them oldest first and only ever adds to them, so a place in the list names one for good.
function newestOf(
  hashes: readonly Hex[],
  { below, limit }: { readonly below: string | undefined; readonly limit: number },
): { readonly hash: Hex; readonly place: number }[] {
  const end = Math.min(below === undefined ? hashes.length : Number(below), hashes.length);
  const start = Math.max(0, end - limit);
  return hashes
    .slice(start, end)
    .map((hash, index) => ({ hash, place: start + index }))
    .toReversed();
}

function registryOf({ client, deployment }: ChainNode): Registry {
  const { validationRegistry: address, chainId } = deployment;
  if (address) return { client, address };
  throw new BonafideError('UNSUPPORTED', `No ERC-8004 validation registry is published on chain ${chainId}.`);
}

async function readStatus(
  { client, address }: Registry,
  requestHash: Hex,
): Promise<ChainValidation | undefined> {
  try {
    const [validator, agentId, response, responseHash, tag, lastUpdate] = await client.readContract({
      ...{ address, abi: validationRegistryAbi },
      functionName: 'getValidationStatus',
      args: [requestHash],
    });
    // The registry does not say whether there was an answer: an empty one of 0 looks like none.
    const isAnswered = response !== 0 || responseHash !== zeroHash || tag !== '';
    return {
      ...{ requestHash, chainAgentId: String(agentId), validator },
      ...(isAnswered && { response: Math.min(response, 100), responseHash }),
      ...{ tag: clip(tag), updatedAt: toTime(lastUpdate) },
    };
  } catch (error) {
    if (findRevert(error)) return undefined;
    throw error;
  }
}
