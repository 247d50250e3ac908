import type { Arbitrator } from '@bonafide/core/models';
import { presentTime } from '../chain/clock.ts';
import { findInIndex, readClockNow } from '../chain/freshness.ts';
import type { Context } from '../context.ts';
import { NUMBERS, type PageInput, readPage } from '../paging.ts';
import type { StoredArbitrator } from '../stores/chain.ts';

/** An arbitrator, also one that left; throws NOT_FOUND. */
export async function getArbitrator(context: Context, address: string): Promise<Arbitrator> {
  const find = () => context.read.arbitrators.get(address);
  return present(context, await findInIndex(context, { find, what: `arbitrator ${address}` }));
}

/** One page of arbitrators, newest first. */
export function listArbitrators(
  context: Context,
  { cursor, limit, status }: PageInput & { readonly status?: Arbitrator['status'] | undefined },
) {
  const { items, ...rest } = readPage({
    input: { cursor, limit },
    read: ({ beyond, limit }) =>
      context.read.arbitrators.list(
        { status },
        { before: beyond === undefined ? undefined : Number(beyond), limit },
      ),
    keyOf: ({ position }) => String(position),
    keys: NUMBERS,
  });
  return { items: items.map((stored) => present(context, stored)), ...rest };
}

function present({ read, services }: Context, { arbitrator }: StoredArbitrator): Arbitrator {
  const clock = readClockNow(read, services.now());
  const { leaveFrom } = arbitrator;
  return {
    ...arbitrator,
    openDisputes: read.disputes.getOpenCountOf(arbitrator.address),
    ...(leaveFrom !== undefined && { leaveFrom: presentTime(leaveFrom, clock) }),
  };
}
