import { errorsAbi } from '@bonafide/contracts';
import { BaseError, ContractFunctionRevertedError, decodeErrorResult, type Hex, isHex } from 'viem';
import { BonafideError, ChainError } from '../errors.ts';
import { describeRevert } from './revert-advice.ts';

interface Revert {
  readonly name: string;
  readonly args: readonly string[];
}

/** A failed contract call as one of our errors: the decoded revert with what to do about it, or the node being away. */
export function fromContractFailure(cause: unknown, doing: string): BonafideError {
  if (BonafideError.is(cause)) return cause;
  const revert = findRevert(cause);
  if (!revert) {
    return new BonafideError('UNAVAILABLE', `The chain node did not answer while ${doing}.`, { cause });
  }
  const { name, args } = revert;
  const message =
    name === ''
      ? `The contract refused ${doing} without a reason.`
      : `The contract refused ${doing}: ${describeRevert(name, args)}`;
  return new ChainError(message, { cause, revert: name || undefined, details: { arguments: args } });
}

function findRevert(cause: unknown): Revert | undefined {
  if (!(cause instanceof BaseError)) return undefined;
  const raw = cause.walk((each) => isHex(dataOf(each)));
  const data = dataOf(raw);
  if (isHex(data)) return decode(data);
  const reverted = cause.walk((each) => each instanceof ContractFunctionRevertedError);
  if (!(reverted instanceof ContractFunctionRevertedError)) return undefined;
  if (reverted.raw) return decode(reverted.raw);
  return { name: reverted.data?.errorName ?? reverted.reason ?? '', args: [] };
}

const dataOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'data' in error ? error.data : undefined;

// A hook's error surfaces through the kernel, whose own ABI does not list it.
function decode(data: Hex): Revert {
  try {
    const { errorName, args = [] } = decodeErrorResult({ abi: errorsAbi, data });
    return { name: errorName, args: args.map(String) };
  } catch {
    // Some other contract's error: its selector is all that can be said.
    return { name: data === '0x' ? '' : data.slice(0, 10), args: [] };
  }
}
