import { type Address, type Hex, numberToHex, zeroAddress } from 'viem';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { requireDeployment } from '../../src/index.ts';
import type { Account } from '../model/state.ts';

export const deployment = requireDeployment('local');

export const clients = ['client1', 'client2'] as const;
export const providers = ['provider1', 'provider2'] as const;
export const validators = ['validator1', 'validator2', 'validator3'] as const;
export const revalidators = ['revalidator1', 'revalidator2'] as const;
export const arbitrators = ['arbitrator1', 'arbitrator2', 'arbitrator3', 'arbitrator4'] as const;
const others = ['evaluator', 'creator', 'guardian', 'outsider'] as const;

/** Everybody with a key. */
export const people: readonly Account[] = [
  ...clients,
  ...providers,
  ...validators,
  ...revalidators,
  ...arbitrators,
  ...others,
];

const keys = new Map<Account, PrivateKeyAccount>(
  people.map((name, index) => [name, privateKeyToAccount(keyOf(index))]),
);

const contracts: Readonly<Record<Account, Address>> = {
  owner: deployment.timelock,
  kernel: deployment.agenticCommerce,
  court: deployment.court,
  disputes: deployment.disputes,
  pool: deployment.arbitratorPool,
  treasury: deployment.treasury,
  nobody: zeroAddress,
};

function keyOf(index: number): Hex {
  return numberToHex(0xb0_0000 + index, { size: 32 });
}

export function signerOf(name: Account): PrivateKeyAccount {
  const key = keys.get(name);
  if (!key) throw new Error(`${name} has no key.`);
  return key;
}

export function addressOf(name: Account | null): Address {
  const address = name === null ? zeroAddress : (contracts[name] ?? keys.get(name)?.address);
  if (!address) throw new Error(`Nobody is called ${name}.`);
  return address;
}

const names = new Map<string, Account>(
  [...people, ...Object.keys(contracts)].map((name) => [addressOf(name).toLowerCase(), name]),
);

export function nameOf(address: Address): Account {
  return names.get(address.toLowerCase()) ?? address;
}
