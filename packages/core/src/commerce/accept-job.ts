import { courtAbi, termsDomain, termsTypes } from '@bonafide/contracts';
import { hashTypedData, type LocalAccount, zeroHash } from 'viem';
import type { z } from 'zod';
import type { LocalContext } from '../client/local-handlers.ts';
import { BonafideError } from '../errors.ts';
import type { acceptJob as operation } from '../operations/jobs/accept.ts';
import { requireWallet } from './context.ts';
import { toHash } from './hex.ts';
import { type ChainJob, readJob, requireStatus } from './jobs.ts';
import { transact } from './transact.ts';

type Input = z.output<(typeof operation)['input']>;
type Output = z.output<(typeof operation)['output']>;

/** jobs.accept: the provider's EIP-712 consent to exactly the terms that the chain holds. */
export async function acceptJob(context: LocalContext, { jobId }: Input): Promise<Output> {
  const wallet = requireWallet(context);
  const job = await readJob(context, jobId);
  requireStatus(job, 'open');
  requireProvider(job, wallet);
  if (job.agreement.accepted) return { jobId, status: job.status };

  const { specHash } = await context.client.jobs.get({ jobId }, { signal: context.signal });
  const terms = typedTerms(job, specHash);
  await requireSameTerms(job, terms);
  const signature = await wallet.signTypedData(terms);
  const receipt = await transact(context, {
    address: job.chain.deployment.court,
    abi: courtAbi,
    functionName: 'accept',
    args: [job.jobId, signature],
  });
  return { jobId, transactionHash: receipt.transactionHash, status: 'open' };
}

type TypedTerms = ReturnType<typeof typedTerms>;

function typedTerms(job: ChainJob, specHash: string | undefined) {
  const { validator, threshold, submitBy, hasAgentId, providerAgentId } = job.agreement;
  const message = {
    jobId: job.jobId,
    client: job.client,
    provider: job.provider,
    validator,
    threshold,
    budget: job.budget,
    submitBy,
    expiredAt: job.expiredAt,
    specHash: specHash === undefined ? zeroHash : toHash(specHash),
    hasAgentId,
    providerAgentId,
  };
  return {
    domain: termsDomain(job.chain.deployment),
    types: termsTypes,
    primaryType: 'Terms',
    message,
  } as const;
}

function requireProvider(job: ChainJob, wallet: LocalAccount): void {
  if (job.provider.toLowerCase() === wallet.address.toLowerCase()) return;
  throw new BonafideError('CONFLICT', `Job ${job.jobId} is offered to ${job.provider}, not to this wallet.`);
}

// Only the specification's hash came from the gateway; the court's own digest proves it and everything else.
async function requireSameTerms(job: ChainJob, terms: TypedTerms): Promise<void> {
  const { node, deployment } = job.chain;
  const request = {
    address: deployment.court,
    abi: courtAbi,
    functionName: 'termsDigest',
    args: [job.jobId],
  } as const;
  if ((await node.readContract(request)) === hashTypedData(terms)) return;
  throw new BonafideError(
    'CONFLICT',
    `The terms of job ${job.jobId} are not what the gateway shows. Nothing was signed.`,
  );
}
