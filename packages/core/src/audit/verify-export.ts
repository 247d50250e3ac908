import { BonafideError } from '../errors.ts';
import type { CryptoBackend } from '../identity/backends/backend.ts';
import { fromBase64, toBase64 } from '../identity/bytes.ts';
import type {
  AuditCheckpoint,
  AuditEntry,
  AuditFinding,
  AuditReceipt,
  AuditVerdict,
} from '../models/audit.ts';
import { verifyCheckpoint } from './checkpoint.ts';
import { createEntryOrder, type EntryOrder } from './entry-order.ts';
import { createFindings, type Findings } from './findings.ts';
import { hashEntry, isDataLogged } from './leaf.ts';
import { parseOrigin } from './origin.ts';
import { readLine } from './read-line.ts';
import { createReceiptsCheck, type ReceiptsCheck } from './receipts-check.ts';
import { createRetentionCheck, type RetentionCheck } from './retention-check.ts';
import { createTreeCheck, type TreeCheck } from './tree-check.ts';

/** What the verifier of an export knows beside the export itself. */
export interface VerifyAuditExportOptions {
  /** Who must have signed; default whoever the export names, which proves nothing about who that is. */
  readonly gatewayDid?: string | undefined;
  /** A checkpoint kept from before: what it covers must be the beginning of the export. */
  readonly checkpoint?: AuditCheckpoint | undefined;
  /** Each must be for an entry of the export. */
  readonly receipts?: readonly AuditReceipt[] | undefined;
  readonly backend?: CryptoBackend;
}

/**
 * Checks an exported audit log on its own: recomputes every leaf and the Merkle tree (RFC 6962) and verifies the signed
 * checkpoint. Takes the lines one by one and keeps only log2 of them, so the size of the log does not matter. Says what is
 * wrong instead of throwing.
 */
export async function verifyAuditExport(
  lines: AsyncIterable<string> | Iterable<string>,
  options: VerifyAuditExportOptions = {},
): Promise<AuditVerdict> {
  const check = await createCheck(options);
  let number = 0;
  for await (const text of lines) {
    number += 1;
    readInto(check, { text, line: number });
  }
  await finish(check, options);
  const { findings, tree, order, checkpoint, retention } = check;
  return {
    isValid: findings.list().length === 0,
    ...(checkpoint ? { origin: checkpoint.origin } : {}),
    size: check.entries,
    ...(order.isWhole ? { rootHash: tree.rootHash() } : {}),
    withoutData: retention.withoutData,
    findings: findings.list(),
  };
}

interface Check {
  readonly findings: Findings;
  readonly order: EntryOrder;
  readonly tree: TreeCheck;
  readonly receipts: ReceiptsCheck;
  readonly retention: RetentionCheck;
  entries: number;
  /** Of the first entry that is as it was logged. */
  workspace: string | undefined;
  checkpoint: AuditCheckpoint | undefined;
  isAfterBlank: boolean;
}

async function createCheck({
  checkpoint,
  receipts = [],
  ...options
}: VerifyAuditExportOptions): Promise<Check> {
  const findings = createFindings();
  return {
    findings,
    order: createEntryOrder(findings),
    tree: createTreeCheck(checkpoint),
    receipts: await createReceiptsCheck(receipts, { findings, ...options }),
    retention: createRetentionCheck(findings),
    entries: 0,
    workspace: undefined,
    checkpoint: undefined,
    isAfterBlank: false,
  };
}

interface Line {
  readonly text: string;
  readonly line: number;
}

function readInto(check: Check, { text, line }: Line): void {
  // A file ends with a line break, so an empty line may be the last.
  const isAfterBlank = check.isAfterBlank;
  check.isAfterBlank = text === '';
  if (isAfterBlank) malformed(check, { line, message: `Line ${line} follows an empty line.` });
  if (text === '') return;
  if (check.checkpoint) {
    malformed(check, { line, message: `Line ${line} follows the checkpoint, which ends an export.` });
    return;
  }
  const read = readLine(text);
  if (read.kind === 'checkpoint') check.checkpoint = read.checkpoint;
  else if (read.kind === 'entry') readEntry(check, { ...read, line });
  else readUnreadable(check, { text, line, problem: read.problem });
}

function readUnreadable(check: Check, { text, line, problem }: Line & { readonly problem: string }): void {
  const { order } = check;
  if (BROKEN_CHECKPOINT.test(text)) {
    malformed(check, { line, message: `The checkpoint on line ${line} ${problem}.` });
    return;
  }
  const sequence = order.expected;
  malformed(check, { line, sequence, message: `Line ${line} ${problem}; entry ${sequence} belongs there.` });
  order.skip();
}

/** What a line is that can no longer be read. */
const BROKEN_CHECKPOINT = /^\{"kind":"checkpoint"|^.{0,30}"checkpoint":\{/;

function malformed({ findings }: Check, about: Omit<AuditFinding, 'kind'>): void {
  findings.add({ kind: 'malformed', ...about });
}

interface EntryLine {
  readonly entry: AuditEntry;
  readonly leafHash: string;
  readonly line: number;
}

function readEntry(check: Check, read: EntryLine): void {
  const { order, tree, receipts, retention } = check;
  check.entries += 1;
  const actual = hashEntry(read.entry);
  const isAsLogged = toBase64(actual) === read.leafHash;
  const entry = isAsLogged ? read.entry : findNumber(read, order.expected);
  checkEntry(check, { ...read, isAsLogged, number: entry.sequence });
  receipts.see(entry.sequence, [read.leafHash, toBase64(actual)]);
  retention.see(entry);
  order.see(entry.sequence, read.line);
  if (order.isWhole) tree.append(isAsLogged ? actual : decodeOr(read.leafHash, actual), actual);
}

/** When nothing but the number of an entry was changed, it is the entry that belongs here. */
function findNumber({ entry, leafHash }: EntryLine, expected: number): AuditEntry {
  const renumbered = { ...entry, sequence: expected };
  return toBase64(hashEntry(renumbered)) === leafHash ? renumbered : entry;
}

function checkEntry(
  check: Check,
  { entry, line, isAsLogged, number }: EntryLine & { readonly isAsLogged: boolean; readonly number: number },
): void {
  const { findings } = check;
  const about = { sequence: number, line };
  if (!isAsLogged) {
    const message = `Entry ${number} was edited: it and the leaf hash on its line do not fit.`;
    findings.add({ kind: 'edited', ...about, message });
  } else if (!isDataLogged(entry)) {
    const message = `The data of entry ${number} was edited: it does not have the digest that was logged.`;
    findings.add({ kind: 'edited', ...about, message });
  } else {
    check.workspace ??= entry.workspace;
    if (entry.workspace !== check.workspace) {
      const message = `Entry ${number} is of the workspace ${entry.workspace}, others of ${check.workspace}.`;
      findings.add({ kind: 'wrongLog', ...about, message });
    }
  }
}

function decodeOr(leafHash: string, otherwise: Uint8Array): Uint8Array {
  try {
    return fromBase64(leafHash);
  } catch {
    // It is no hash at all; the line was reported already, and the other tree is the one that can fit.
    return otherwise;
  }
}

async function finish(check: Check, options: VerifyAuditExportOptions): Promise<void> {
  const { order, receipts, retention, checkpoint } = check;
  order.finish();
  retention.finish();
  receipts.finish({ origin: checkpoint?.origin, lastSequence: order.expected - 1 });
  await checkKept(check, options);
  await checkCheckpoint(check, options);
}

async function checkCheckpoint(check: Check, options: VerifyAuditExportOptions): Promise<void> {
  const { checkpoint, findings, workspace } = check;
  if (!checkpoint) {
    const message = 'The export does not end with a checkpoint: no signature covers it.';
    findings.add({ kind: 'unsigned', message });
    return;
  }
  if (!(await isSigned(checkpoint, { name: 'The checkpoint', findings, options }))) return;
  const origin = parseOrigin(checkpoint.origin);
  if (workspace !== undefined && workspace !== origin.workspace) {
    const message = `The entries are of the workspace ${workspace}, the checkpoint is of ${origin.workspace}.`;
    findings.add({ kind: 'wrongLog', message });
  }
  checkTree(check, checkpoint);
}

function checkTree({ findings, order, tree }: Check, { size, rootHash }: AuditCheckpoint): void {
  const last = order.expected - 1;
  if (last < size) {
    const message = `The checkpoint covers ${size} entries, but the export ends after entry ${last}.`;
    findings.add({ kind: 'truncated', sequence: last + 1, message });
  } else if (last > size) {
    const message = `From entry ${size + 1} on no signature covers the export.`;
    findings.add({ kind: 'unsigned', sequence: size + 1, message });
  } else if (order.isWhole && !tree.fits(rootHash)) {
    findings.add({
      kind: 'forked',
      message: `These are not the entries that were signed: they have another root. ${whereForked(tree)}`,
    });
  }
}

function whereForked({ fitsKept }: TreeCheck): string {
  return fitsKept === true
    ? 'What the kept checkpoint covers is as it was; what was rewritten comes after it.'
    : 'An entry was rewritten together with its leaf hash, so which one cannot be told from the export alone.';
}

async function checkKept(
  { findings, order, tree, checkpoint }: Check,
  options: VerifyAuditExportOptions,
): Promise<void> {
  const { checkpoint: kept } = options;
  if (!kept || !(await isSigned(kept, { name: 'The kept checkpoint', findings, options }))) return;
  const last = order.expected - 1;
  if (checkpoint && kept.origin !== checkpoint.origin) {
    const message = `The kept checkpoint is of the log ${kept.origin}, the export of ${checkpoint.origin}.`;
    findings.add({ kind: 'wrongLog', message });
  } else if (kept.size > last) {
    const message = `The kept checkpoint covers ${kept.size} entries, but the export ends after entry ${last}.`;
    findings.add({ kind: 'truncated', sequence: last + 1, message });
  } else if (tree.fitsKept === false) {
    const message = `The first ${kept.size} entries are not those of the kept checkpoint: the log was rewritten.`;
    findings.add({ kind: 'forked', message });
  }
}

async function isSigned(
  checkpoint: AuditCheckpoint,
  about: { readonly name: string; readonly findings: Findings; readonly options: VerifyAuditExportOptions },
): Promise<boolean> {
  const { name, findings, options } = about;
  const { gatewayDid, backend } = options;
  try {
    await verifyCheckpoint(checkpoint, { gatewayDid, ...(backend ? { backend } : {}) });
    return true;
  } catch (error) {
    if (!BonafideError.is(error)) throw error;
    const kind = error.details.reason === 'unknown-key' ? 'wrongLog' : 'unsigned';
    findings.add({ kind, message: `${name} proves nothing. ${error.message}` });
    return false;
  }
}
