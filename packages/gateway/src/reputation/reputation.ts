import { BonafideError } from '@bonafide/core/errors';
import type { ChainFeedback, Reputation } from '@bonafide/core/models';
import { catchUp } from '../chain/freshness.ts';
import { findIdentityOwner } from '../chain/wallets.ts';
import { type Context, requireChain } from '../context.ts';
import { NUMBERS, type PageInput, readPage } from '../paging.ts';

/**
 * What the court said of an agent when its jobs settled. Everybody can give feedback in an ERC-8004 registry; only the
 * court's is backed by a payment. It is read from the court's own events, so that an agent whose registry refuses an
 * unwelcome entry, as owners can arrange, does not escape it.
 */
export async function getReputation(context: Context, chainAgentId: string): Promise<Reputation> {
  await catchUp(context);
  const [provider, client] = [
    context.read.chainFeedback.getSummary(chainAgentId, 'provider'),
    context.read.chainFeedback.getSummary(chainAgentId, 'client'),
  ];
  const isKnown = [provider, client].some(({ settled, selfDealt }) => settled + selfDealt > 0);
  if (!isKnown) await assertIdentity(context, chainAgentId);
  return {
    chainAgentId,
    settledJobs: provider.settled,
    ...averagesOf(provider),
    completedJobs: provider.completed,
    rejectedJobs: provider.rejected,
    selfDealtJobs: provider.selfDealt,
    asClient: { settledJobs: client.settled, ...averagesOf(client) },
  };
}

/** One page of what the court said, newest first. */
export async function listFeedback(
  context: Context,
  { chainAgentId, ...input }: PageInput & { readonly chainAgentId: string },
): Promise<{ items: ChainFeedback[]; nextCursor?: string }> {
  await catchUp(context);
  const { items, ...rest } = readPage({
    input,
    read: ({ beyond, limit }) =>
      context.read.chainFeedback.list(chainAgentId, {
        before: beyond === undefined ? undefined : Number(beyond),
        limit,
      }),
    keyOf: ({ position }) => String(position),
    keys: NUMBERS,
  });
  if (items.length === 0 && input.cursor === undefined) await assertIdentity(context, chainAgentId);
  return { items: items.map(({ feedback }) => feedback), ...rest };
}

function averagesOf(summary: {
  readonly average: number | undefined;
  readonly weightedAverage: number | undefined;
}): Pick<Reputation, 'averageScore' | 'weightedScore'> {
  const { average, weightedAverage } = summary;
  return {
    ...(average !== undefined && { averageScore: average }),
    ...(weightedAverage !== undefined && { weightedScore: weightedAverage }),
  };
}

/** An agent without a settled job is unknown, one that is not registered does not exist: only the chain can tell. */
async function assertIdentity(context: Context, chainAgentId: string): Promise<void> {
  const { client, deployment } = requireChain(context).node;
  if ((await findIdentityOwner(client, { deployment, chainAgentId })) !== undefined) return;
  throw new BonafideError('NOT_FOUND', `No ERC-8004 identity ${chainAgentId} is registered on this chain.`);
}
