import type { Address, Hex } from 'viem';
import type { Creation } from '../deploy.ts';
import { bytecode } from '../generated/bytecode.ts';
import { verification } from '../generated/verification.ts';

/** What a block explorer asks for to verify one contract. */
export interface VerificationInput {
  readonly address: Address;
  /** File and name in the standard input, such as `Court.sol:Court`. */
  readonly contract: string;
  readonly compilerVersion: string;
  /** ABI-encoded, without `0x`. */
  readonly constructorArguments: string;
  /** Solidity's standard JSON input. */
  readonly standardInput: object;
}

interface Generated {
  readonly compilerVersion: string;
  readonly contracts: Record<string, string>;
  readonly standardInput: object;
}

/** The verification input of one contract. */
export function verificationOf({ name, address, data }: Creation): VerificationInput {
  const { compilerVersion, contracts, standardInput }: Generated = JSON.parse(verification);
  const creationCode: Hex = bytecode[name];
  return {
    address,
    contract: contracts[name] ?? name,
    compilerVersion,
    constructorArguments: data.slice(creationCode.length),
    standardInput,
  };
}
