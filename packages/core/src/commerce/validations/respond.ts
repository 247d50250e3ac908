import { validationRegistryAbi } from '@bonafide/contracts';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import { BonafideError } from '../../errors.ts';
import type { respondValidation as operation } from '../../operations/validations/respond.ts';
import { requireWallet } from '../context.ts';
import { toHash } from '../hex.ts';
import { conflict } from '../refusals.ts';
import { isSameAddress } from '../same-address.ts';
import { transact } from '../transact.ts';
import { type ChainValidation, findValidation, openRegistry } from './registry.ts';

type Input = z.output<(typeof operation)['input']>;
type Output = z.output<(typeof operation)['output']>;

/** validations.respond: the answer of the validator who was asked; a later one replaces it. */
export async function respondValidation(context: LocalContext, input: Input): Promise<Output> {
  const registry = await openRegistry(context);
  const { address } = requireWallet(context);
  const requestHash = toHash(input.requestHash);
  const known = await findValidation(registry, requestHash);
  if (!known) throw new BonafideError('NOT_FOUND', `Nobody has asked with hash ${requestHash}.`);
  if (!isSameAddress(known.validator, address)) {
    const message = `The request names ${known.validator} as its validator, not this wallet.`;
    throw conflict(message, { reason: 'SIGNER', validator: known.validator });
  }
  if (isSameAnswer(known, input)) return { requestHash };
  const { transactionHash } = await transact(context, {
    address: registry.address,
    abi: validationRegistryAbi,
    functionName: 'validationResponse',
    args: [requestHash, input.response, input.responseUri, toHash(input.responseHash), input.tag ?? ''],
  });
  return { requestHash, transactionHash };
}

// Without an answer the hash is zero, which no sha-256 is.
const isSameAnswer = (known: ChainValidation, { response, responseHash, tag = '' }: Input): boolean =>
  known.response === response &&
  known.tag === tag &&
  known.responseHash === responseHash.toLowerCase() &&
  BigInt(known.responseHash) !== 0n;
