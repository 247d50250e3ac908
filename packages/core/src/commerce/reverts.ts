import { errorsAbi } from '@bonafide/contracts';
import { BaseError, ContractFunctionRevertedError, decodeErrorResult, type Hex } from 'viem';
import { BonafideError, ChainError } from '../errors.ts';

/** A failed contract call as one of our errors: the decoded revert, or the node being away. */
export function fromContractFailure(cause: unknown, doing: string): BonafideError {
  if (BonafideError.is(cause)) return cause;
  const reverted =
    cause instanceof BaseError ? cause.walk((each) => each instanceof ContractFunctionRevertedError) : null;
  if (!(reverted instanceof ContractFunctionRevertedError)) {
    return new BonafideError('UNAVAILABLE', `The chain node did not answer while ${doing}.`, { cause });
  }
  const revert =
    reverted.data?.errorName ?? (reverted.raw ? nameOf(reverted.raw) : undefined) ?? reverted.reason;
  return new ChainError(`The contract refused ${doing}: ${revert ?? 'no reason given'}.`, {
    cause,
    revert,
    details: { arguments: reverted.data?.args?.map(String) },
  });
}

// A hook's error surfaces through the kernel, whose own ABI does not list it.
function nameOf(data: Hex): string | undefined {
  try {
    return decodeErrorResult({ abi: errorsAbi, data }).errorName;
  } catch {
    return undefined;
  }
}
