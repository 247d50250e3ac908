import { BonafideError } from '@bonafide/core/errors';
import type { Job } from '@bonafide/core/models';
import { NUMBERS, type PageInput, readPage } from '../paging.ts';
import type { JobQuery } from '../stores/chain.ts';
import type { Reads } from '../stores/store.ts';

/** A job of the index; throws NOT_FOUND. */
export function getJob(read: Reads, jobId: string): Job {
  const stored = read.jobs.get(jobId);
  if (stored) return stored.job;
  throw new BonafideError(
    'NOT_FOUND',
    `There is no job ${jobId} on this chain, or its block is not indexed yet.`,
  );
}

/** One page of jobs, newest first. */
export function listJobs(read: Reads, { cursor, limit, ...query }: JobQuery & PageInput) {
  const { items, ...rest } = readPage({
    input: { cursor, limit },
    read: ({ beyond, limit }) =>
      read.jobs.list(query, { before: beyond === undefined ? undefined : Number(beyond), limit }),
    keyOf: ({ position }) => String(position),
    keys: NUMBERS,
  });
  return { items: items.map(({ job }) => job), ...rest };
}
