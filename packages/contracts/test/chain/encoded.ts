import { encodeFunctionData, type Hex } from 'viem';
import {
  agenticCommerceAbi,
  arbitratorPoolAbi,
  courtAbi,
  disputesAbi,
  jobTemplatesAbi,
  testUsdcAbi,
  treasuryAbi,
} from '../../src/index.ts';
import { deployment } from './accounts.ts';
import type { TermsStruct } from './terms.ts';

/** What the parties of a sequence have kept: their terms, and what a client has signed. */
export interface Papers {
  terms: Map<number, TermsStruct>;
  signed: Map<string, Hex>;
}

export const contracts = {
  kernel: { address: deployment.agenticCommerce, abi: agenticCommerceAbi },
  court: { address: deployment.court, abi: courtAbi },
  disputes: { address: deployment.disputes, abi: disputesAbi },
  pool: { address: deployment.arbitratorPool, abi: arbitratorPoolAbi },
  treasury: { address: deployment.treasury, abi: treasuryAbi },
  templates: { address: deployment.jobTemplates, abi: jobTemplatesAbi },
  usdc: { address: deployment.usdc, abi: testUsdcAbi },
} as const;

export type ContractName = keyof typeof contracts;

/** The calldata of a step; what it leaves behind is kept when it succeeds. */
export interface Encoded {
  to: ContractName;
  data: Hex;
  keep?: (papers: Papers) => void;
}

/** Throws when the contract has no such function. */
export function encode(to: ContractName, functionName: string, args: readonly unknown[] = []): Encoded {
  return { to, data: encodeFunctionData({ abi: contracts[to].abi, functionName, args } as never) };
}
