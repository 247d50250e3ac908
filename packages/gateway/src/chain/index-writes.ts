import type { Deployment } from '@bonafide/contracts';
import type { Job } from '@bonafide/core/models';
import type { Ledger, Transaction } from '../ledger.ts';
import type { IndexedBlock, StoredJob } from '../stores/chain.ts';
import { CHAIN_WORKSPACE } from '../workspaces/names.ts';
import { eventTypeOf, toEventData } from './events.ts';
import { applyLog } from './fold.ts';
import { type JobLog, jobLog } from './job-log.ts';
import type { Scan } from './scan.ts';

/** Hashes of blocks that are kept: a deeper reorganisation indexes from the start again. */
const KEPT_BLOCKS = 512;
/** More logs than a block can hold, so positions rise with block and log. */
const LOGS_PER_BLOCK = 1_000_000;
const origin = { workspace: CHAIN_WORKSPACE, actor: 'system' } as const;

interface IndexWriter {
  readonly ledger: Ledger;
  readonly deployment: Deployment;
}

interface Progress {
  readonly cursor: IndexedBlock | undefined;
  readonly found: Scan;
}

/** Writes logs, jobs, events and the new cursor in one commit, so each log counts exactly once. */
export async function recordScan(writer: IndexWriter, { cursor, found }: Progress): Promise<void> {
  await writer.ledger.commit(origin, (tx) => {
    const { indexedBlocks } = tx.tables;
    // Another gateway on this store got here first.
    if (indexedBlocks.getNewest()?.hash !== cursor?.hash) return;
    for (const logs of byTransaction(found.logs))
      recordTransaction(tx, { logs, deployment: writer.deployment });
    for (const block of blocksOf(found)) indexedBlocks.insert(block);
    indexedBlocks.prune(KEPT_BLOCKS);
  });
}

/** Undoes every block above `blockNumber`: jobs become what their remaining logs say. */
export async function rollBack(writer: IndexWriter, blockNumber: number): Promise<void> {
  await writer.ledger.commit(origin, (tx) => undo(tx, { blockNumber, chainId: writer.deployment.chainId }));
}

/** Empties the index, which was of other contracts, and dedicates it to `source`. */
export async function startOver(writer: IndexWriter, source: string): Promise<void> {
  await writer.ledger.commit(origin, (tx) => {
    undo(tx, { blockNumber: -1, chainId: writer.deployment.chainId });
    tx.tables.indexedBlocks.setSource(source);
  });
}

// Blocks with logs are kept beside the last of the range: going back to one of them undoes no log that still stands.
function blocksOf({ logs, head }: Scan): Iterable<IndexedBlock> {
  const blocks = logs.map(({ blockNumber, blockHash }) => ({ number: blockNumber, hash: blockHash }));
  return new Map([...blocks, head].map((block) => [block.number, block])).values();
}

function byTransaction(logs: readonly JobLog[]): Iterable<readonly JobLog[]> {
  return Map.groupBy(logs, (log) => log.transactionHash).values();
}

interface RecordedTransaction {
  readonly logs: readonly JobLog[];
  readonly deployment: Deployment;
}

function recordTransaction(tx: Transaction, { logs, deployment }: RecordedTransaction): void {
  const fresh = logs.filter((log) => storeLog(tx, log));
  for (const log of fresh) {
    const next = fold(tx.tables.jobs.get(log.jobId), { log, chainId: deployment.chainId });
    if (next) tx.tables.jobs.put(next);
  }
  const created = new Set(fresh.filter(({ name }) => name === 'JobCreated').map(({ jobId }) => jobId));
  const events = new Map<string, { readonly type: string; readonly log: JobLog }>();
  for (const log of fresh) {
    const type = eventTypeOf(log, { isNew: created.has(log.jobId) });
    if (type) events.set(`${type} ${log.jobId}`, { type, log });
  }
  for (const { type, log } of events.values()) {
    // The job as the whole transaction left it: its terms and price come in later logs than its creation.
    const job = tx.tables.jobs.get(log.jobId)?.job;
    if (job) tx.event({ type, subject: log.jobId, data: toEventData(job, log) });
  }
}

function storeLog(tx: Transaction, log: JobLog): boolean {
  const { jobId, blockNumber, blockHash, logIndex } = log;
  return tx.tables.jobLogs.insert({ jobId, blockNumber, blockHash, logIndex, log: JSON.stringify(log) });
}

function fold(
  stored: StoredJob | undefined,
  { log, chainId }: { readonly log: JobLog; readonly chainId: number },
): StoredJob | undefined {
  const job = applyLog(stored?.job, log, chainId);
  const position = stored?.position ?? log.blockNumber * LOGS_PER_BLOCK + log.logIndex;
  return job && { job, position };
}

function undo(
  tx: Transaction,
  { blockNumber, chainId }: { readonly blockNumber: number; readonly chainId: number },
): void {
  const { jobs, jobLogs, indexedBlocks, relayed } = tx.tables;
  const affected = jobLogs.listJobIdsAbove(blockNumber);
  jobLogs.removeAbove(blockNumber);
  indexedBlocks.removeAbove(blockNumber);
  relayed.reopenAbove(blockNumber, tx.now);
  for (const jobId of affected) {
    const logs = jobLogs.listOfJob(jobId).map(({ log }) => jobLog.parse(JSON.parse(log)));
    const job = logs.reduce<StoredJob | undefined>(
      (stored, log) => fold(stored, { log, chainId }),
      undefined,
    );
    if (job) jobs.put(job);
    else jobs.remove(jobId);
    tx.event({
      type: 'job.reorganised',
      subject: jobId,
      data: afterwards(jobId, { blockNumber, job: job?.job }),
    });
  }
}

function afterwards(
  jobId: string,
  { blockNumber, job }: { readonly blockNumber: number; readonly job: Job | undefined },
): Record<string, string | null> {
  return { jobId, validUpToBlock: String(blockNumber), status: job?.status ?? null };
}
