import { validationRegistryAbi } from '@bonafide/contracts';
import type { Hex } from 'viem';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import type { requestValidation as operation } from '../../operations/validations/request.ts';
import { toHash } from '../hex.ts';
import { requireOwnIdentity } from '../identities/identity.ts';
import { conflict } from '../refusals.ts';
import { isSameAddress } from '../same-address.ts';
import { transact } from '../transact.ts';
import { findValidation, openRegistry } from './registry.ts';

type Input = z.output<(typeof operation)['input']>;
type Output = z.output<(typeof operation)['output']>;

/** validations.request: asks a validator, once for each hash. */
export async function requestValidation(context: LocalContext, input: Input): Promise<Output> {
  const registry = await openRegistry(context);
  const requestHash = toHash(input.requestHash);
  const known = await findValidation(registry, requestHash);
  if (known) {
    const isOurs = isSameAddress(known.validator, input.validator);
    if (isOurs && known.agentId === BigInt(input.chainAgentId)) return { requestHash };
    throw conflict(`Somebody else has asked with hash ${requestHash} already; the registry takes it once.`);
  }
  const { agentId } = await requireOwnIdentity(context, input.chainAgentId);
  const { transactionHash } = await transact(context, {
    address: registry.address,
    abi: validationRegistryAbi,
    functionName: 'validationRequest',
    args: [input.validator as Hex, agentId, input.requestUri, requestHash],
  });
  return { requestHash, transactionHash };
}
