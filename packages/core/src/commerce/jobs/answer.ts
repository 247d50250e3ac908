import { agenticCommerceAbi, courtAbi } from '@bonafide/contracts';
import { keccak256, toHex, zeroHash } from 'viem';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import type { jobWrite } from '../../models/job.ts';
import type { JobTerms } from '../../models/terms.ts';
import { toContractTerms } from '../../models/terms-codec.ts';
import type { acceptJob as accepting } from '../../operations/jobs/accept.ts';
import type { declineJob as declining } from '../../operations/jobs/decline.ts';
import { hashTerms, readJob, requireParty, requireStatus, requireTerms } from '../chain-job.ts';
import { requireWallet } from '../context.ts';
import { conflict } from '../refusals.ts';
import { transact } from '../transact.ts';
import { requireProvider } from './parties.ts';
import { toTypedTerms } from './terms.ts';

type Output = z.output<typeof jobWrite>;

/** jobs.accept: the provider's EIP-712 consent to exactly the terms whose hash the court holds. */
export async function acceptJob(
  context: LocalContext,
  { jobId, terms: read }: z.output<(typeof accepting)['input']>,
): Promise<Output> {
  const account = requireWallet(context);
  const job = await readJob(context, jobId);
  requireStatus(job, 'open');
  await requireProvider(job, account.address);
  if (job.phase === 'accepted') return { jobId, status: job.status };

  const terms = await requireTerms(context, job);
  // A client can propose others between a look at them and the signature.
  if (read && hashTerms(toContractTerms(read as JobTerms)) !== job.termsHash) {
    throw conflict(`The terms of job ${jobId} are no longer what was read. Nothing was signed.`, {
      reason: 'TERMS',
    });
  }
  const signature = await account.signTypedData(toTypedTerms(job.chain, terms));
  const { transactionHash } = await transact(context, {
    address: job.chain.deployment.court,
    abi: courtAbi,
    functionName: 'accept',
    args: [job.jobId, signature],
  });
  return { jobId, transactionHash, status: 'open' };
}

type Declining = z.output<(typeof declining)['input']>;

/** jobs.decline: the provider refuses an open job; the reason is on the chain as its hash. */
export async function declineJob(context: LocalContext, { jobId, reason }: Declining): Promise<Output> {
  const { address } = requireWallet(context);
  const job = await readJob(context, jobId);
  requireParty(job, { role: 'provider', address });
  if (job.status === 'rejected') return { jobId, status: job.status };
  requireStatus(job, 'open');
  const { transactionHash } = await transact(context, {
    address: job.chain.deployment.agenticCommerce,
    abi: agenticCommerceAbi,
    functionName: 'decline',
    args: [job.jobId, reason === undefined ? zeroHash : keccak256(toHex(reason))],
  });
  return { jobId, transactionHash, status: 'rejected' };
}
