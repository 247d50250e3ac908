import { type Deployment, identityRegistryAbi, testUsdcAbi } from '@bonafide/contracts';
import { type Abi, type AbiFunction, type Address, encodeFunctionData, numberToHex } from 'viem';
import { describe, expect, it } from 'vitest';
import { contractAbis } from '../chain/contract-log.ts';
import { createRelayTargets, decodeCall } from './targets.ts';

const names = [
  ...['usdc', 'agenticCommerce', 'court', 'disputes', 'arbitratorPool', 'treasury', 'jobTemplates'],
  ...['timelock', 'identityRegistry', 'reputationRegistry', 'validationRegistry'],
] as const;
const at = (index: number): Address => numberToHex(index + 1, { size: 20 });
const deployment = {
  ...Object.fromEntries(names.map((name, index) => [name, at(index)])),
  ...{ chainId: 1, usdcName: 'USDC', startBlock: 0n },
} as unknown as Deployment;
const targets = createRelayTargets(deployment);

const abis: Record<string, Abi> = { ...contractAbis, identityRegistry: identityRegistryAbi };

/** Names of the functions that change something and that the relay refuses. */
function refusedOf(name: string): string[] {
  const target = targets.get(deployment[name as 'court'].toLowerCase());
  const writes = (abis[name] ?? []).filter(
    (item): item is AbiFunction =>
      item.type === 'function' && item.stateMutability !== 'view' && item.stateMutability !== 'pure',
  );
  const refused = writes.filter(
    (item) => !target?.allows({ functionName: item.name, args: [deployment.court, 1n] }),
  );
  return [...new Set(refused.map((item) => item.name))].sort();
}

describe('the allow-list', () => {
  it.each<[string, readonly string[]]>([
    ['agenticCommerce', ['pause', 'setGuardian', 'setPlatformFee', 'unpause']],
    ['court', ['beginDispute', 'endDispute']],
    ['disputes', []],
    ['arbitratorPool', ['begin', 'end', 'slash']],
    ['treasury', ['cover', 'rescue', 'setFundShare', 'withdraw']],
    ['jobTemplates', []],
  ])('of %s refuses only what belongs to owners, guardian and our own contracts', (name, refused) => {
    const administration = /^(accept|renounce|transfer)Ownership$|^(before|after)Action$/;
    expect(refusedOf(name).filter((each) => !administration.test(each))).toEqual(refused);
  });

  it('never includes the administration of ownership', () => {
    for (const target of targets.values()) {
      for (const functionName of ['transferOwnership', 'acceptOwnership', 'renounceOwnership']) {
        expect(target.allows({ functionName, args: [at(1)] })).toBe(false);
      }
    }
  });

  it('of the identity registry has no call that gives an identity away', () => {
    expect(refusedOf('identityRegistry')).toEqual(
      expect.arrayContaining(['approve', 'safeTransferFrom', 'setApprovalForAll', 'transferFrom']),
    );
  });

  it('has no timelock and no reputation registry', () => {
    expect(targets.has(deployment.timelock)).toBe(false);
    expect(targets.has(deployment.reputationRegistry)).toBe(false);
  });

  it('is without validation registry where none is published', () => {
    const { validationRegistry, ...rest } = deployment;
    expect(createRelayTargets(rest).size).toBe(targets.size - 1);
  });
});

describe('USDC', () => {
  const usdc = targets.get(deployment.usdc);
  const allows = (functionName: string, args: readonly unknown[]) => usdc?.allows({ functionName, args });

  it.each(['agenticCommerce', 'disputes', 'arbitratorPool'] as const)('can be approved for %s', (name) => {
    expect(allows('approve', [deployment[name], 1n])).toBe(true);
  });

  it.each(['court', 'treasury', 'timelock', 'usdc'] as const)('cannot be approved for %s', (name) => {
    expect(allows('approve', [deployment[name], 1n])).toBe(false);
  });

  it('can be transferred by its owner, and in no other way', () => {
    expect(allows('transfer', [at(99), 1n])).toBe(true);
    for (const name of ['transferFrom', 'permit', 'receiveWithAuthorization', 'transferWithAuthorization'])
      expect(allows(name, [at(99), at(98), 1n])).toBe(false);
  });
});

it('decodes calls of the validation registry', () => {
  const target = targets.get(deployment.validationRegistry ?? '0x');
  if (!target) throw new Error('It is absent.');
  const args = [`0x${'ab'.repeat(32)}`, 90, 'ipfs://x', `0x${'00'.repeat(32)}`, 'tag'];
  const data = encodeFunctionData({ abi: target.abi, functionName: 'validationResponse', args });
  expect(decodeCall(target, data)).toEqual({ functionName: 'validationResponse', args });
  expect(decodeCall(target, '0x12345678')).toBeUndefined();
});

it('knows the selectors of USDC', () => {
  const target = targets.get(deployment.usdc);
  const data = encodeFunctionData({ abi: testUsdcAbi, functionName: 'transfer', args: [at(99), 5n] });
  expect(target && decodeCall(target, data)).toEqual({ functionName: 'transfer', args: [at(99), 5n] });
});
