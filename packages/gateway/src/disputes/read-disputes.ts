import type { Dispute } from '@bonafide/core/models';
import { presentTime } from '../chain/clock.ts';
import { findInIndex, readClockNow } from '../chain/freshness.ts';
import type { Context } from '../context.ts';
import { NUMBERS, type PageInput, readPage } from '../paging.ts';
import type { DisputeQuery, StoredDispute } from '../stores/chain.ts';

/** The dispute of a job; throws NOT_FOUND. */
export async function getDispute(context: Context, jobId: string): Promise<Dispute> {
  const find = () => context.read.disputes.get(jobId);
  return present(context, await findInIndex(context, { find, what: `dispute about job ${jobId}` }));
}

/** One page of disputes, newest first. */
export function listDisputes(context: Context, { cursor, limit, ...query }: DisputeQuery & PageInput) {
  const { items, ...rest } = readPage({
    input: { cursor, limit },
    read: ({ beyond, limit }) =>
      context.read.disputes.list(query, {
        before: beyond === undefined ? undefined : Number(beyond),
        limit,
      }),
    keyOf: ({ position }) => String(position),
    keys: NUMBERS,
  });
  return { items: items.map((stored) => present(context, stored)), ...rest };
}

/** With its deadline where it stands now. */
function present({ read, services }: Context, { dispute }: StoredDispute): Dispute {
  if (dispute.deadline === undefined) return dispute;
  const clock = readClockNow(read, services.now());
  return { ...dispute, deadline: presentTime(dispute.deadline, clock) };
}
