import { errorsAbi } from '@bonafide/contracts';
import { describe, expect, it } from 'vitest';
import { describeRevert, revertAdvice } from './revert-advice.ts';

// Only whoever owns, guards or deploys the contracts meets these, or nobody: contracts calling each other.
const neverMet = [
  'AccessControlBadConfirmation',
  'AccessControlUnauthorizedAccount',
  'CheckpointUnorderedInsertion',
  'FailedCall',
  'FeeTooHigh',
  'InvalidShortString',
  'InvalidTreasury',
  'NotDisputes',
  'NotGuardian',
  'NotKernel',
  'NotPaused',
  'OwnToken',
  'OwnableInvalidOwner',
  'OwnableUnauthorizedAccount',
  'PauseNotAllowedYet',
  'ReserveTooSmall',
  'ShareTooHigh',
  'StringTooLong',
  'TimelockInsufficientDelay',
  'TimelockInvalidOperationLength',
  'TimelockUnauthorizedCaller',
  'TimelockUnexecutedPredecessor',
  'TimelockUnexpectedOperationState',
];
// What nodes and the relay say in place of a contract.
const notOfContracts = ['OutOfGas', 'ReplacedByAnotherTransaction'];
const names = errorsAbi.map(({ name }) => name).sort();

describe('advice on reverts', () => {
  it('has a sentence for every error that a caller can meet, and for no other', () => {
    const met = names.filter((name) => !neverMet.includes(name));
    expect(Object.keys(revertAdvice).sort()).toEqual([...new Set([...met, ...notOfContracts])].sort());
    expect(names).toEqual(expect.arrayContaining(neverMet));
  });

  it.each(Object.entries(revertAdvice))('%s: %s', (_, sentence) => {
    expect(sentence).toMatch(/^\w.{10,}\.$/);
  });

  it('names the error, its arguments and what to do', () => {
    expect(describeRevert('NotLater', ['3', '5'])).toBe(
      'NotLater(3, 5). Deadlines can only be moved to a later time.',
    );
    expect(describeRevert('Strange')).toBe('Strange.');
    expect(describeRevert('toString')).toBe('toString.');
  });
});
