import type { Deployment } from '@bonafide/contracts';
import type { Ledger, Transaction } from '../ledger.ts';
import type { IndexedBlock } from '../stores/chain.ts';
import { CHAIN_WORKSPACE } from '../workspaces/names.ts';
import { applyLog, countLog, rebuild, uncountLogs } from './apply.ts';
import { type ChainLog, decodeLog, type KeptLog } from './contract-log.ts';
import { recordEvents, recordReversal } from './events.ts';
import type { Scan } from './scan.ts';
import { parseSubject, type Subject, subjectKey, subjectsOf } from './subjects.ts';

/** Hashes of blocks that are kept: a deeper reorganisation indexes from the start again. */
const KEPT_BLOCKS = 512;
const origin = { workspace: CHAIN_WORKSPACE, actor: 'system' } as const;

interface IndexWriter {
  readonly ledger: Ledger;
  readonly deployment: Deployment;
}

interface Progress {
  readonly cursor: IndexedBlock | undefined;
  readonly found: Scan;
}

/** Writes logs, read models, events and the new cursor in one commit, so each log counts exactly once. */
export async function recordScan(writer: IndexWriter, { cursor, found }: Progress): Promise<void> {
  await writer.ledger.commit(origin, (tx) => {
    const { indexedBlocks } = tx.tables;
    // Another gateway on this store got here first.
    if (indexedBlocks.getNewest()?.hash !== cursor?.hash) return;
    for (const logs of Map.groupBy(found.logs, (log) => log.transactionHash).values())
      recordTransaction(tx, { logs, chainId: writer.deployment.chainId });
    for (const block of blocksOf(found)) indexedBlocks.insert(block);
    indexedBlocks.prune(KEPT_BLOCKS);
  });
}

/** Undoes every block above `blockNumber`: everything becomes what its remaining logs say. */
export async function rollBack(writer: IndexWriter, blockNumber: number): Promise<void> {
  await writer.ledger.commit(origin, (tx) => undo(tx, { blockNumber, deployment: writer.deployment }));
}

/** Empties the index, which was of other contracts, and dedicates it to `source`. */
export async function startOver(writer: IndexWriter, source: string): Promise<void> {
  await writer.ledger.commit(origin, (tx) => {
    undo(tx, { blockNumber: -1, deployment: writer.deployment });
    tx.tables.indexedBlocks.setSource(source);
  });
}

// Blocks with logs are kept beside the last of the range: going back to one of them undoes no log that still stands.
function blocksOf({ logs, head }: Scan): Iterable<IndexedBlock> {
  const blocks = logs.map(({ blockNumber, blockHash, time }) => ({
    number: blockNumber,
    hash: blockHash,
    time,
  }));
  return new Map([...blocks, head].map((block) => [block.number, block])).values();
}

function recordTransaction(
  tx: Transaction,
  { logs, chainId }: { readonly logs: readonly KeptLog[]; readonly chainId: number },
): void {
  const fresh: ChainLog[] = [];
  for (const kept of logs) {
    const log = decodeLog(kept);
    const subjects = log ? subjectsOf(log) : [];
    if (!log || subjects.length === 0 || !storeLog(tx, { kept, subjects })) continue;
    fresh.push(log);
    countLog(tx, dayOf(kept), log);
    for (const subject of subjects) applyLog(tx, subject, { log, chainId });
  }
  recordEvents(tx, fresh);
}

function storeLog(
  { tables }: Transaction,
  { kept, subjects }: { readonly kept: KeptLog; readonly subjects: readonly Subject[] },
): boolean {
  const { blockNumber, logIndex } = kept;
  return tables.chainLogs.insert({
    ...{ blockNumber, logIndex, day: dayOf(kept), log: JSON.stringify(kept) },
    subjects: subjects.map(subjectKey),
  });
}

function dayOf({ time }: KeptLog): string {
  return time.slice(0, 10);
}

function undo(
  tx: Transaction,
  { blockNumber, deployment }: { readonly blockNumber: number; readonly deployment: Deployment },
): void {
  const { chainLogs, indexedBlocks, relayed, consents, days } = tx.tables;
  const affected = chainLogs.listSubjectsAbove(blockNumber).map(parseSubject);
  if (blockNumber < deployment.startBlock) days.clear();
  else uncountLogs(tx, chainLogs.listAbove(blockNumber));
  chainLogs.removeAbove(blockNumber);
  indexedBlocks.removeAbove(blockNumber);
  relayed.reopenAbove(blockNumber, tx.now);
  // First the clock, by which all other deadlines are read.
  for (const subject of affected.toSorted(
    (one, other) => Number(other.kind === 'clock') - Number(one.kind === 'clock'),
  )) {
    rebuild(tx, subject, deployment.chainId);
    if (subject.kind === 'job' && !tx.tables.jobs.get(subject.id)) consents.removeOfJob(subject.id);
    recordReversal(tx, { subject, blockNumber });
  }
}
