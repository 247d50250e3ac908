import {
  agenticCommerceAbi,
  authorizationNonce,
  receiveWithAuthorizationTypes,
  usdcDomain,
} from '@bonafide/contracts';
import type { Hex } from 'viem';
import type { z } from 'zod';
import type { LocalContext } from '../client/local-handlers.ts';
import { BonafideError } from '../errors.ts';
import { formatUsdc, parseUsdc } from '../models/money.ts';
import type { fundJob as operation } from '../operations/jobs/fund.ts';
import { requireWallet } from './context.ts';
import { guardPayment, recordPayment } from './guard.ts';
import { type ChainJob, readJob, requireStatus } from './jobs.ts';
import { transact } from './transact.ts';

type Input = z.output<(typeof operation)['input']>;
type Output = z.output<(typeof operation)['output']>;

const FUNDED: readonly string[] = ['funded', 'submitted', 'completed'];

/** jobs.fund: the budget moves into escrow by one EIP-3009 signature that fits this job and amount only. */
export async function fundJob(context: LocalContext, input: Input): Promise<Output> {
  const wallet = requireWallet(context).address;
  const job = await readJob(context, input.jobId);
  requireAgreed(job, input);
  // After a crash the chain knows best: a job is funded once, so asking again pays nothing.
  if (FUNDED.includes(job.status)) return { jobId: input.jobId, status: job.status };
  requireStatus(job, 'open');
  if (!job.agreement.accepted)
    throw new BonafideError('CONFLICT', `The provider has not accepted job ${job.jobId} yet.`);

  const payment = { wallet, provider: job.provider, units: job.budget };
  guardPayment(context, payment);
  const signature = await authorize(context, job);
  const receipt = await transact(context, {
    address: job.chain.deployment.agenticCommerce,
    abi: agenticCommerceAbi,
    functionName: 'fundWithAuthorization',
    args: [job.jobId, job.budget, 0n, BigInt(job.expiredAt), signature, '0x'],
  });
  recordPayment(context, payment);
  return { jobId: input.jobId, transactionHash: receipt.transactionHash, status: 'funded' };
}

function requireAgreed(job: ChainJob, { amountUsdc, provider }: Input): void {
  if (parseUsdc(amountUsdc) !== job.budget) {
    throw new BonafideError(
      'CONFLICT',
      `The budget of job ${job.jobId} is ${formatUsdc(job.budget)}, not ${amountUsdc}.`,
    );
  }
  if (provider.toLowerCase() !== job.provider.toLowerCase()) {
    throw new BonafideError('CONFLICT', `Job ${job.jobId} pays ${job.provider}, not ${provider}.`);
  }
}

async function authorize(context: LocalContext, job: ChainJob): Promise<Hex> {
  const account = requireWallet(context);
  const { deployment } = job.chain;
  return account.signTypedData({
    domain: usdcDomain(deployment),
    types: receiveWithAuthorizationTypes,
    primaryType: 'ReceiveWithAuthorization',
    message: {
      from: account.address,
      to: deployment.agenticCommerce,
      value: job.budget,
      validAfter: 0n,
      validBefore: BigInt(job.expiredAt),
      nonce: authorizationNonce(deployment, job),
    },
  });
}
