import { agenticCommerceAbi, courtAbi, termsTypes } from '@bonafide/contracts';
import { type Address, type Hex, hashStruct, zeroHash } from 'viem';
import type { LocalContext } from '../client/local-handlers.ts';
import { BonafideError } from '../errors.ts';
import type { JobStatus } from '../models/job.ts';
import type { JobTerms } from '../models/terms.ts';
import { type ContractTerms, toContractTerms } from '../models/terms-codec.ts';
import { type Chain, openChain } from './chain.ts';
import { fromContractFailure } from './reverts.ts';
import { isSameAddress } from './same-address.ts';

// Order of the kernel's enum.
const STATUSES = [
  'open',
  'funded',
  'submitted',
  'completed',
  'rejected',
  'expired',
] as const satisfies readonly JobStatus[];

// Order of the court's enum.
const PHASES = ['none', 'proposed', 'accepted', 'validating', 'failed', 'disputed', 'settled'] as const;
type CourtPhase = (typeof PHASES)[number];

/** A job and its agreement as the chain itself has them now, whatever a gateway says. Times are Unix seconds. */
export interface ChainJob {
  readonly chain: Chain;
  readonly jobId: bigint;
  readonly status: JobStatus;
  readonly client: Address;
  readonly provider: Address;
  readonly budget: bigint;
  readonly evaluatorFee: bigint;
  readonly expiredAt: number;
  readonly phase: CourtPhase;
  readonly termsHash: Hex;
  /** Validating: when validators must have decided. Failed: until when a dispute can be opened. */
  readonly deadline: number;
  readonly submitBy: number;
}

/** Reads a job from the chain node; throws NOT_FOUND when the chain has none. */
export async function readJob(context: LocalContext, id: string): Promise<ChainJob> {
  const chain = await openChain(context);
  const { agenticCommerce, court } = chain.deployment;
  const jobId = BigInt(id);
  const args = [jobId] as const;
  try {
    const [job, agreement] = await Promise.all([
      chain.node.readContract({
        address: agenticCommerce,
        abi: agenticCommerceAbi,
        functionName: 'getJob',
        args,
      }),
      chain.node.readContract({ address: court, abi: courtAbi, functionName: 'getAgreement', args }),
    ]);
    const { client, provider, budget, evaluatorFee, expiredAt } = job;
    const { termsHash, deadline, submitBy } = agreement;
    const status = nameOf(STATUSES, job.status);
    const phase = nameOf(PHASES, agreement.phase);
    const parties = { client, provider, budget, evaluatorFee, expiredAt };
    return { chain, jobId, status, phase, ...parties, termsHash, deadline, submitBy };
  } catch (cause) {
    const error = fromContractFailure(cause, 'reading the job');
    if (error.details.revert === 'JobNotFound')
      throw new BonafideError('NOT_FOUND', `There is no job ${id} on this chain.`);
    throw error;
  }
}

function nameOf<Name extends string>(names: readonly Name[], index: number): Name {
  const name = names[index];
  if (name) return name;
  throw new BonafideError('INTERNAL', 'The contracts report a state that this version does not know.');
}

/** Throws CONFLICT unless the job is in this status; the message says what it is in. */
export function requireStatus(job: ChainJob, status: JobStatus): void {
  if (job.status === status) return;
  throw new BonafideError('CONFLICT', `Job ${job.jobId} is ${job.status}; this needs it ${status}.`, {
    details: { status: job.status },
  });
}

/** Throws CONFLICT unless this wallet is that party of the job. */
export function requireParty(job: ChainJob, party: { role: 'client' | 'provider'; address: string }): void {
  const { role, address } = party;
  if (isSameAddress(job[role], address)) return;
  throw new BonafideError('CONFLICT', `The ${role} of job ${job.jobId} is ${job[role]}, not this wallet.`, {
    details: { reason: 'SIGNER', [role]: job[role] },
  });
}

/**
 * The terms as the gateway shows them, once the court's own hash proves that they are what both sides agreed to; else
 * CONFLICT, before anything is signed.
 */
export async function requireTerms(context: LocalContext, job: ChainJob): Promise<ContractTerms> {
  if (job.termsHash === zeroHash)
    throw new BonafideError('CONFLICT', `The court holds no terms of job ${job.jobId}.`);
  const { client, signal } = context;
  const { terms } = await client.jobs.get({ jobId: String(job.jobId) }, { signal });
  const contractTerms = terms && toContractTerms(terms as JobTerms);
  if (contractTerms && hashTerms(contractTerms) === job.termsHash) return contractTerms;
  throw new BonafideError(
    'CONFLICT',
    `The terms of job ${job.jobId} are not what the gateway shows. Nothing was signed.`,
    { details: { reason: 'TERMS', termsHash: job.termsHash } },
  );
}

/** The EIP-712 struct hash under which the court keeps terms. */
export function hashTerms(terms: ContractTerms): Hex {
  return hashStruct({ types: termsTypes, primaryType: 'Terms', data: terms });
}
