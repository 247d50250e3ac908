import { agenticCommerceAbi, courtAbi, type Deployment, disputesAbi, treasuryAbi } from '@bonafide/contracts';
import { type Job, toContractTerms } from '@bonafide/core/models';
import { type Address, encodeFunctionData, type Hex } from 'viem';
import type { DueKind } from '../stores/keeper.ts';

export interface KeeperCall {
  readonly to: Address;
  readonly data: Hex;
}

interface Wanted {
  readonly kind: DueKind;
  readonly jobId: string;
  /** As the index has it; absent when it does not know the job any more. */
  readonly job: Job | undefined;
}

/** The call as the contract takes it; undefined when the index lacks what it needs. */
export function encodeCall(deployment: Deployment, { kind, jobId, job }: Wanted): KeeperCall | undefined {
  const { agenticCommerce, court, disputes, treasury } = deployment;
  const id = BigInt(jobId);
  switch (kind) {
    case 'sync':
      return { to: treasury, data: encodeFunctionData({ abi: treasuryAbi, functionName: 'sync' }) };
    case 'claimRefund':
      return {
        to: agenticCommerce,
        data: encodeFunctionData({ abi: agenticCommerceAbi, functionName: kind, args: [id] }),
      };
    case 'captureEntropy':
    case 'releaseBonds':
      return {
        to: disputes,
        data: encodeFunctionData({ abi: disputesAbi, functionName: kind, args: [id] }),
      };
  }
  if (!job?.terms) return undefined;
  const args = [id, toContractTerms(job.terms)] as const;
  if (kind === 'settle')
    return { to: court, data: encodeFunctionData({ abi: courtAbi, functionName: kind, args }) };
  return { to: disputes, data: encodeFunctionData({ abi: disputesAbi, functionName: kind, args }) };
}
