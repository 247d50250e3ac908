import { agenticCommerceAbi, courtAbi } from '@bonafide/contracts';
import type { Address } from 'viem';
import type { z } from 'zod';
import type { LocalContext } from '../client/local-handlers.ts';
import { BonafideError } from '../errors.ts';
import type { jobStatus } from '../models/job.ts';
import { type Chain, openChain } from './chain.ts';
import { fromContractFailure } from './reverts.ts';

type JobStatus = z.infer<typeof jobStatus>;

// Order of the kernel's enum.
const STATUSES = [
  'open',
  'funded',
  'submitted',
  'completed',
  'rejected',
  'expired',
] as const satisfies readonly JobStatus[];

/** A job and its agreement as the chain itself has them now, whatever a gateway says. */
export interface ChainJob {
  readonly chain: Chain;
  readonly jobId: bigint;
  readonly status: JobStatus;
  readonly client: Address;
  readonly provider: Address;
  readonly budget: bigint;
  readonly expiredAt: number;
  readonly agreement: Agreement;
}

interface Agreement {
  readonly validator: Address;
  readonly submitBy: number;
  readonly threshold: number;
  readonly score: number;
  readonly hasAgentId: boolean;
  readonly accepted: boolean;
  readonly validated: boolean;
  readonly providerAgentId: bigint;
}

/** Reads a job from the chain node; throws NOT_FOUND when the chain has none. */
export async function readJob(context: LocalContext, id: string): Promise<ChainJob> {
  const chain = await openChain(context);
  const { agenticCommerce, court } = chain.deployment;
  const jobId = BigInt(id);
  try {
    const [job, agreement] = await Promise.all([
      chain.node.readContract({
        address: agenticCommerce,
        abi: agenticCommerceAbi,
        functionName: 'getJob',
        args: [jobId],
      }),
      chain.node.readContract({ address: court, abi: courtAbi, functionName: 'getAgreement', args: [jobId] }),
    ]);
    const { client, provider, budget, expiredAt } = job;
    return { chain, jobId, status: toStatus(job.status), client, provider, budget, expiredAt, agreement };
  } catch (cause) {
    const error = fromContractFailure(cause, 'reading the job');
    if (error.details.revert === 'JobNotFound')
      throw new BonafideError('NOT_FOUND', `There is no job ${id} on this chain.`);
    throw error;
  }
}

function toStatus(index: number): JobStatus {
  const status = STATUSES[index];
  if (status) return status;
  throw new BonafideError('INTERNAL', 'The kernel reports a status that this version does not know.');
}

/** Throws CONFLICT unless the job is in this status; the message says what it is in. */
export function requireStatus(job: ChainJob, status: JobStatus): void {
  if (job.status === status) return;
  throw new BonafideError('CONFLICT', `Job ${job.jobId} is ${job.status}; this needs it ${status}.`, {
    details: { status: job.status },
  });
}
