import { hex } from '@scure/base';
import type { Client } from '../../client/types.ts';
import { BonafideError } from '../../errors.ts';
import { fromBase64, toBase64 } from '../../identity/bytes.ts';
import { sha256 } from '../../identity/sha256.ts';
import { toCid } from '../../models/cid.ts';
import type { Dispute } from '../../models/dispute.ts';
import type { Job, JobRole } from '../../models/job.ts';

export const CLIENT = `0x${'c1'.repeat(20)}`;
export const PROVIDER = `0x${'b2'.repeat(20)}`;
export const VALIDATOR = `0x${'a3'.repeat(20)}`;
const HASH = `0x${'0'.repeat(64)}`;
const DAY_MS = 86_400_000;

/** A market in memory: one job at a time, actions that a test sets, and every call written down. */
export interface FakeMarket {
  readonly client: Client;
  readonly calls: readonly string[];
  readonly jobs: Map<string, Job>;
  dispute: Dispute | undefined;
  /** What `jobs.nextActions` answers. */
  next: (job: Job, role: JobRole | undefined) => readonly string[];
  /** Changes a job and tells whoever watches. */
  set(job: Partial<Job> & { readonly jobId: string }): void;
  /** Makes the next calls of an operation fail. */
  fail(operation: string, errors: readonly Error[]): void;
  put(text: string): { readonly cid: string; readonly digest: string };
}

export function aJob(changes: Partial<Job> & { readonly jobId: string }): Job {
  const at = new Date(Date.now()).toISOString();
  return {
    chainId: 31_337,
    status: 'open',
    client: CLIENT,
    provider: PROVIDER,
    evaluator: `0x${'e4'.repeat(20)}`,
    amountUsdc: '25',
    evaluatorFeeUsdc: '0',
    isAccepted: false,
    description: 'Work.',
    submitBy: new Date(Date.now() + DAY_MS).toISOString(),
    expiresAt: new Date(Date.now() + 2 * DAY_MS).toISOString(),
    scores: [],
    isDisputed: false,
    blockNumber: '1',
    transactionHash: HASH,
    createdAt: at,
    updatedAt: at,
    ...changes,
  };
}

export function createFakeMarket(): FakeMarket {
  const jobs = new Map<string, Job>();
  const artifacts = new Map<string, string>();
  const failures = new Map<string, Error[]>();
  const listeners = new Set<(jobId: string) => void>();
  const calls: string[] = [];
  const put = (content: string) => {
    const digest = `0x${hex.encode(sha256(fromBase64(content)))}`;
    const cid = toCid(digest);
    artifacts.set(cid, content);
    return { cid, digest };
  };
  const record = (operation: string) => async (input: unknown) => {
    const error = failures.get(operation)?.shift();
    calls.push(`${operation} ${JSON.stringify(input)}${error ? ' failed' : ''}`);
    if (error) throw error;
    return { jobId: (input as { jobId?: string }).jobId ?? '1', status: 'open' };
  };
  const recordAll = (noun: string, verbs: readonly string[]) =>
    Object.fromEntries(verbs.map((verb) => [verb, record(`${noun}.${verb}`)]));

  const market: FakeMarket = {
    calls,
    jobs,
    dispute: undefined,
    next: () => [],
    set(job) {
      jobs.set(job.jobId, { ...(jobs.get(job.jobId) ?? aJob(job)), ...job });
      for (const tell of [...listeners]) tell(job.jobId);
    },
    fail: (operation, errors) => void failures.set(operation, [...errors]),
    put: (text) => put(toBase64(new TextEncoder().encode(text))),
    client: {
      jobs: {
        ...recordAll('jobs', [
          'create',
          'accept',
          'decline',
          'fund',
          'submit',
          'validate',
          'settle',
          'refund',
          'takeOffer',
        ]),
        get: async ({ jobId }: { jobId: string }) => {
          const job = jobs.get(jobId);
          if (!job) throw new BonafideError('NOT_FOUND', `No job ${jobId}.`);
          return job;
        },
        list: async ({ status }: { status?: string }) => ({
          items: [...jobs.values()].filter((job) => job.status === status),
        }),
        nextActions: async ({ jobId, role }: { jobId: string; role?: JobRole }) => {
          const job = jobs.get(jobId);
          return { actions: (job ? market.next(job, role) : []).map((operation) => ({ operation })) };
        },
        watch: (_: unknown, { signal }: { signal: AbortSignal }) => watch(listeners, signal),
      },
      disputes: {
        ...recordAll('disputes', ['open', 'answer', 'revalidate', 'rule', 'assignArbitrator', 'finalize']),
        get: async () => market.dispute,
        list: async () => ({ items: market.dispute ? [market.dispute] : [] }),
      },
      artifacts: artifactsOf(artifacts, put),
    } as unknown as Client,
  };
  return market;
}

function artifactsOf(
  artifacts: ReadonlyMap<string, string>,
  put: (content: string) => { readonly cid: string; readonly digest: string },
) {
  return {
    put: async ({ content }: { content: string }) => put(content),
    get: async ({ cid }: { cid: string }) => {
      const content = artifacts.get(cid);
      if (content === undefined) throw new BonafideError('NOT_FOUND', `No artifact ${cid}.`);
      return { cid, content, mediaType: 'text/plain' };
    },
  };
}

async function* watch(
  listeners: Set<(jobId: string) => void>,
  signal: AbortSignal,
): AsyncGenerator<{ readonly subject: string }> {
  const seen: string[] = [];
  let wake = (): void => undefined;
  const tell = (jobId: string): void => {
    seen.push(jobId);
    wake();
  };
  listeners.add(tell);
  signal.addEventListener('abort', () => wake());
  try {
    while (!signal.aborted) {
      for (const subject of seen.splice(0)) yield { subject };
      if (seen.length > 0 || signal.aborted) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    throw signal.reason;
  } finally {
    listeners.delete(tell);
  }
}
