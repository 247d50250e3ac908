import { type Deployment, reputationRegistryAbi } from '@bonafide/contracts';
import { BonafideError } from '@bonafide/core/errors';
import type { Reputation } from '@bonafide/core/models';
import type { PublicClient } from 'viem';
import { askNode } from '../chain/failures.ts';
import { findIdentityOwner } from '../chain/wallets.ts';

/** The tag the court puts on every feedback; the second one says how the job ended. */
const JOB_TAG = 'bonafide.job';

interface Subject {
  readonly deployment: Deployment;
  readonly chainAgentId: string;
}

/**
 * What the court wrote about an agent when its jobs settled. Everybody can give feedback in an ERC-8004 registry; only the
 * court's is backed by a payment, so the registry is asked for no other author's.
 */
export async function readReputation(client: PublicClient, subject: Subject): Promise<Reputation> {
  const { chainAgentId } = subject;
  if ((await findIdentityOwner(client, subject)) === undefined) {
    throw new BonafideError('NOT_FOUND', `No ERC-8004 identity ${chainAgentId} is registered on this chain.`);
  }
  return askNode(async () => {
    const [all, completed, rejected] = await Promise.all([
      readSummary(client, { ...subject, outcome: '' }),
      readSummary(client, { ...subject, outcome: 'completed' }),
      readSummary(client, { ...subject, outcome: 'rejected' }),
    ]);
    return {
      chainAgentId,
      settledJobs: all.count,
      ...(all.count > 0 && { averageScore: all.average }),
      completedJobs: completed.count,
      rejectedJobs: rejected.count,
    };
  });
}

async function readSummary(
  client: PublicClient,
  { deployment, chainAgentId, outcome }: Subject & { readonly outcome: '' | 'completed' | 'rejected' },
): Promise<{ count: number; average: number }> {
  const [count, value, decimals] = await client.readContract({
    address: deployment.reputationRegistry,
    abi: reputationRegistryAbi,
    functionName: 'getSummary',
    args: [BigInt(chainAgentId), [deployment.court], JOB_TAG, outcome],
  });
  return { count: Number(count), average: Number(value) / 10 ** decimals };
}
