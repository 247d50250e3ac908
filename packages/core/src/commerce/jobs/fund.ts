import { agenticCommerceAbi, authorizationNonce } from '@bonafide/contracts';
import type { Hex } from 'viem';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import { BonafideError } from '../../errors.ts';
import { formatUsdc, parseUsdc } from '../../models/money.ts';
import type { fundJob as operation } from '../../operations/jobs/fund.ts';
import { type ChainJob, readJob, requireParty, requireStatus } from '../chain-job.ts';
import { requireWallet } from '../context.ts';
import { checkPayment } from '../guard.ts';
import { isSameAddress } from '../same-address.ts';
import { transact } from '../transact.ts';
import { signAuthorization } from '../usdc/authorization.ts';
import { requireBalance } from '../usdc/token.ts';
import { requireFees } from './validator-fees.ts';

type Input = z.output<(typeof operation)['input']>;
type Output = z.output<(typeof operation)['output']>;

const FUNDED: readonly string[] = ['funded', 'submitted', 'completed'];

/** jobs.fund: budget and validators' fees move into escrow by one EIP-3009 signature that fits this job only. */
export async function fundJob(context: LocalContext, input: Input): Promise<Output> {
  const { address } = requireWallet(context);
  const job = await readJob(context, input.jobId);
  requireAgreed(job, input);
  requireParty(job, { role: 'client', address });
  // After a crash the chain knows best: a job is funded once, so asking again pays nothing.
  if (FUNDED.includes(job.status)) return { jobId: input.jobId, status: job.status };
  requireStatus(job, 'open');
  if (job.phase !== 'accepted')
    throw new BonafideError('CONFLICT', `The provider has not accepted job ${job.jobId} yet.`);

  const signature = await authorize(context, job);
  const { transactionHash } = await transact(context, {
    address: job.chain.deployment.agenticCommerce,
    abi: agenticCommerceAbi,
    functionName: 'fundWithAuthorization',
    args: [job.jobId, job.budget, 0n, BigInt(job.expiredAt), signature, '0x'],
  });
  return { jobId: input.jobId, transactionHash, status: 'funded' };
}

function requireAgreed(job: ChainJob, { amountUsdc, provider, validatorFeesUsdc }: Input): void {
  requireFees(job.evaluatorFee, validatorFeesUsdc);
  if (parseUsdc(amountUsdc) !== job.budget) {
    throw new BonafideError(
      'CONFLICT',
      `The budget of job ${job.jobId} is ${formatUsdc(job.budget)}, not ${amountUsdc}.`,
    );
  }
  if (!isSameAddress(provider, job.provider)) {
    throw new BonafideError('CONFLICT', `Job ${job.jobId} pays ${job.provider}, not ${provider}.`);
  }
}

async function authorize(context: LocalContext, job: ChainJob): Promise<Hex> {
  const { address } = requireWallet(context);
  const { chain, budget, evaluatorFee, provider, jobId } = job;
  const units = budget + evaluatorFee;
  await checkPayment(context, { wallet: address, to: provider, units });
  await requireBalance(chain, { owner: address, units });
  const payment = {
    to: chain.deployment.agenticCommerce,
    units,
    nonce: authorizationNonce(chain.deployment, job),
    validBefore: BigInt(job.expiredAt),
    purpose: `job ${jobId}`,
  };
  return signAuthorization(context, { chain, payment });
}
