import { errorsAbi } from '@bonafide/contracts';
import { BonafideError, ChainError } from '@bonafide/core/errors';
import { describeRevert } from '@bonafide/core/reverts';
import { BaseError, decodeErrorResult, ExecutionRevertedError, type Hex, isHex, RpcRequestError } from 'viem';

/** A refusal by a contract: the error's name and what it said. */
export interface Revert {
  readonly name: string;
  readonly args: readonly string[];
}

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
  return new ChainError(`The contract would refuse this transaction: ${describeRevert(name, args)}`, {
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
