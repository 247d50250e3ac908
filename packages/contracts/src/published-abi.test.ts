import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Abi, AbiEvent, AbiFunction } from 'viem';
import { toEventSignature, toFunctionSignature } from 'viem';
import { describe, expect, it } from 'vitest';
import { validationRegistryAbi } from './generated/abi.ts';
import { identityRegistryAbi, reputationRegistryAbi } from './index.ts';

const folder = join(import.meta.dirname, '..', 'test-data', 'erc8004');

// What only an upgradeable proxy has; a local stand-in is deployed once.
const proxyAdministration = new Set([
  'UPGRADE_INTERFACE_VERSION',
  'initialize',
  'proxiableUUID',
  'upgradeToAndCall',
  'Initialized',
  'Upgraded',
]);

function readPublished(name: string): Abi {
  const items: Abi = JSON.parse(readFileSync(join(folder, `${name}.abi.json`), 'utf8'));
  return items.filter((item) => !('name' in item) || !proxyAdministration.has(item.name));
}

function functionsOf(abi: Abi): string[] {
  const describeFunction = (item: AbiFunction) => {
    const outputs = item.outputs.map((output) => output.type).join(',');
    return `${toFunctionSignature(item)} ${item.stateMutability} -> (${outputs})`;
  };
  return abi.filter((item) => item.type === 'function').map(describeFunction);
}

function eventsOf(abi: Abi): string[] {
  const indexed = (item: AbiEvent) => item.inputs.map((input) => (input.indexed ? 'indexed' : 'data'));
  return abi
    .filter((item) => item.type === 'event')
    .map((item) => `${toEventSignature(item)} ${indexed(item)}`);
}

describe.each([
  ['IdentityRegistry', identityRegistryAbi],
  ['ReputationRegistry', reputationRegistryAbi],
  ['ValidationRegistry', validationRegistryAbi],
] as const)('the local %s', (name, ours) => {
  const published = readPublished(name);

  it('has every published function, with mutability and outputs', () => {
    expect(functionsOf(published).length).toBeGreaterThan(9);
    expect(functionsOf(ours)).toEqual(expect.arrayContaining(functionsOf(published)));
  });

  it('has every published event, with the same indexed fields', () => {
    expect(eventsOf(published).length).toBeGreaterThan(2);
    expect(eventsOf(ours)).toEqual(expect.arrayContaining(eventsOf(published)));
  });

  it('grants nothing that the published one does not', () => {
    expect(functionsOf(published)).toEqual(expect.arrayContaining(functionsOf(ours)));
  });
});

it('the court relies on published registry functions only', () => {
  const source = readFileSync(
    join(import.meta.dirname, '..', 'solidity', 'src', 'interfaces', 'IERC8004.sol'),
    'utf8',
  );
  const declared = [...source.matchAll(/function (\w+)\(/g)].map((match) => match[1]);
  const published = [...readPublished('IdentityRegistry'), ...readPublished('ReputationRegistry')];
  const names = published.map((item) => ('name' in item ? item.name : ''));
  expect(declared.length).toBeGreaterThan(3);
  expect(names).toEqual(expect.arrayContaining(declared));
});
