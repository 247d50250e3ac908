import { agenticCommerceAbi } from '@bonafide/contracts';
import { parseEventLogs, type TransactionReceipt } from 'viem';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import { BonafideError } from '../../errors.ts';
import { toContractTerms } from '../../models/terms-codec.ts';
import type { createJob as operation } from '../../operations/jobs/create.ts';
import { type Chain, openChain } from '../chain.ts';
import { checkPayment } from '../guard.ts';
import { transact } from '../transact.ts';
import { findParty, findSelf } from './parties.ts';
import { buildTerms, evaluatorFeeOf, toNewJob } from './terms.ts';

type Input = z.output<(typeof operation)['input']>;
type Output = z.output<(typeof operation)['output']>;

/** jobs.create: an open job with its budget and terms in one transaction. */
export async function createJob(context: LocalContext, input: Input): Promise<Output> {
  const [client, provider] = await Promise.all([
    findSelf(context),
    findParty(context, { agentId: input.provider, path: 'provider' }),
  ]);
  const terms = toContractTerms(await buildTerms(context, { input, client, provider }));
  const units = terms.budget + evaluatorFeeOf(terms);
  await checkPayment(context, { wallet: client.address, to: provider.address, units });

  const chain = await openChain(context);
  const { description } = input;
  const { job, optParams } = toNewJob(chain, { terms, description, providerSignature: '0x' });
  const receipt = await transact(context, {
    address: chain.deployment.agenticCommerce,
    abi: agenticCommerceAbi,
    functionName: 'createJobWithBudget',
    args: [job, optParams],
  });
  const jobId = createdIn(chain, receipt);
  return { jobId, transactionHash: receipt.transactionHash, status: 'open' };
}

/** The id of the job that a transaction created. */
export function createdIn({ deployment }: Chain, receipt: TransactionReceipt): string {
  const kernel = deployment.agenticCommerce.toLowerCase();
  const logs = receipt.logs.filter(({ address }) => address.toLowerCase() === kernel);
  const [created] = parseEventLogs({ abi: agenticCommerceAbi, eventName: 'JobCreated', logs });
  if (created) return String(created.args.jobId);
  throw new BonafideError('INTERNAL', 'The transaction went through but created no job.');
}
