import type { Job, JobHistoryEntry } from '@bonafide/core/models';
import { presentTime } from '../chain/clock.ts';
import { decodeLog, parseKeptLog } from '../chain/contract-log.ts';
import { placeAt, positionOf } from '../chain/folds/place.ts';
import { findInIndex, readClockNow } from '../chain/freshness.ts';
import { toHistoryEntry } from '../chain/history.ts';
import type { Context } from '../context.ts';
import { NUMBERS, type PageInput, readPage } from '../paging.ts';
import type { JobQuery, StoredJob } from '../stores/chain.ts';
import type { Reads } from '../stores/store.ts';

type Now = Pick<Context, 'read'> & { readonly nowMs: number };

/** A job of the index as it is shown: with its deadlines where they stand now. */
export function presentJob({ job }: StoredJob, { read, nowMs }: Now): Job {
  const clock = readClockNow(read, nowMs);
  const shown = (time: string | undefined) => time && presentTime(time, clock);
  const [submitBy, validateBy, disputeBy] = [job.submitBy, job.validateBy, job.disputeBy].map(shown);
  return {
    ...job,
    expiresAt: presentTime(job.expiresAt, clock),
    ...(submitBy && { submitBy }),
    ...(validateBy && { validateBy }),
    ...(disputeBy && { disputeBy }),
  };
}

/** A job; throws NOT_FOUND. */
export async function getJob(context: Context, jobId: string): Promise<Job> {
  const find = () => context.read.jobs.get(jobId);
  const stored = await findInIndex(context, { find, what: `job ${jobId}` });
  return presentJob(stored, nowOf(context));
}

/** What a caller sees now. */
export function nowOf({ read, services }: Context): Now {
  return { read, nowMs: services.now() };
}

export type JobListing = PageInput & Omit<JobQuery, 'judge'> & { readonly validator?: string | undefined };

/** One page of jobs, newest first. */
export function listJobs(now: Now, { cursor, limit, validator, ...listing }: JobListing) {
  const query: JobQuery = {
    ...{ ...listing, judge: validator },
    createdAfter: toStored(listing.createdAfter),
    createdBefore: toStored(listing.createdBefore),
  };
  const { items, ...rest } = readPage({
    input: { cursor, limit },
    read: ({ beyond, limit }) =>
      now.read.jobs.list(query, { before: beyond === undefined ? undefined : Number(beyond), limit }),
    keyOf: ({ position }) => String(position),
    keys: NUMBERS,
  });
  return { items: items.map((stored) => presentJob(stored, now)), ...rest };
}

/** A time as it is stored, so that text compares as time does. */
function toStored(time: string | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}

/** One page of what happened to a job, oldest first. */
export function listHistory(
  read: Reads,
  { jobId, ...input }: PageInput & { readonly jobId: string },
): { items: JobHistoryEntry[]; nextCursor?: string } {
  const { items, ...rest } = readPage({
    input,
    read: ({ beyond, limit }) =>
      read.chainLogs
        .listOf(`job:${jobId}`, { after: beyond === undefined ? undefined : placeAt(Number(beyond)), limit })
        .map(parseKeptLog),
    keyOf: (kept) => String(positionOf(kept)),
    keys: NUMBERS,
  });
  return { items: items.flatMap((kept) => toHistoryEntry(decodeLog(kept)) ?? []), ...rest };
}
