import { errorsAbi } from '@bonafide/contracts';
import { BonafideError, ChainError } from '@bonafide/core/errors';
import { BaseError, decodeErrorResult, ExecutionRevertedError, type Hex, isHex, RpcRequestError } from 'viem';

/** A refusal by a contract: the error's name and what it said. */
export interface Revert {
  readonly name: string;
  readonly args: readonly string[];
}

/** What to do about the reverts that callers meet; the others speak for themselves. */
const advice: Readonly<Record<string, string>> = {
  AlreadyAccepted: 'The provider has already accepted these terms.',
  AlreadyValidated: 'The job has its score already; call jobs.settle.',
  BudgetMismatch: 'The budget changed meanwhile. Read the job again and sign for its budget.',
  InvalidSignature: "The consent is not the provider's signature over the terms as they are now.",
  InvalidStatus: 'The job is not in the state that this call needs. Read it again with jobs.get.',
  JobHasExpired: 'The job has expired; the budget can only be refunded with jobs.refund.',
  JobNotExpired: 'A refund is possible only after expiresAt.',
  JobNotFound: 'There is no such job on this chain.',
  NotAccepted: 'The provider must accept the terms with jobs.accept before the job can be funded.',
  NotSubmitted: 'There is no delivery to score yet.',
  NotValidated: 'The validator must score the delivery with jobs.validate before the job can be settled.',
  NotValidator: 'Only the validator named in the terms can score this job.',
  OutOfGas: 'The gas limit is too low for this call. Estimate it again and sign with more.',
  SubmissionClosed: 'The deadline for delivery has passed.',
  Unauthorized: 'This wallet has not the role in the job that may make this call.',
  ValidationClosed: 'The job has expired before it was scored; the budget can be refunded.',
};

// Execution that ends without a revert has no error code of its own, only each node's words (geth's, revm's).
const outOfGas = /out of gas|OutOfGas|OOG\b|intrinsic gas|gas required exceeds/i;
const halted = /EVM error|invalid opcode|invalid jump|stack (under|over)flow/i;

/** The revert in a failed call, or undefined when the failure was another one. */
export function findRevert(error: unknown): Revert | undefined {
  if (!(error instanceof BaseError)) return undefined;
  const data = error.walk((cause) => isHex(dataOf(cause)));
  if (data !== null) return decodeRevert(dataOf(data) as Hex);
  if (says(error, outOfGas)) return { name: 'OutOfGas', args: [] };
  const isReverted = error.walk((cause) => cause instanceof ExecutionRevertedError) !== null;
  return isReverted || says(error, halted) ? { name: 'Reverted', args: [] } : undefined;
}

function says(error: BaseError, words: RegExp): boolean {
  return error.walk((cause) => cause instanceof RpcRequestError && words.test(cause.details)) !== null;
}

function dataOf(error: unknown): unknown {
  return error instanceof RpcRequestError ? error.data : undefined;
}

function decodeRevert(data: Hex): Revert {
  try {
    const { errorName, args = [] } = decodeErrorResult({ abi: errorsAbi, data });
    return { name: errorName, args: args.map(String) };
  } catch {
    // Some other contract's error: its selector is all that can be said.
    return { name: data === '0x' ? 'Reverted' : data.slice(0, 10), args: [] };
  }
}

/** CHAIN_REVERTED with the name of the contract's error and what to do about it. */
export function toChainError({ name, args }: Revert, cause?: unknown): ChainError {
  const call = args.length === 0 ? name : `${name}(${args.join(', ')})`;
  const hint = advice[name];
  return new ChainError(`The contract would refuse this transaction: ${call}.${hint ? ` ${hint}` : ''}`, {
    revert: name,
    details: { arguments: args },
    cause,
  });
}

/** UNAVAILABLE: the node did not answer, or not with anything usable. */
export function nodeUnavailable(cause: unknown): BonafideError {
  return new BonafideError('UNAVAILABLE', 'The chain node does not answer. Try again later.', { cause });
}

/** Runs reads of the chain; a failing node becomes UNAVAILABLE. */
export async function askNode<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw BonafideError.is(error) ? error : nodeUnavailable(error);
  }
}
