import { hashEntry, nodeHash } from '@bonafide/core/audit';
import { digestOf } from '@bonafide/core/identity';
import type { AuditCheckpoint, AuditEntry } from '@bonafide/core/models';
import type { Range } from './read-log.ts';

/** What the log is checked against: its signed state, and the hashes of its tree as they are stored. */
export interface SignedLog {
  readonly checkpoint: AuditCheckpoint;
  /** Up to which entry the log says that retention removed the data. */
  readonly prunedThrough: number;
  /** The root of a complete subtree, or on level 0 a leaf; undefined when it is not there. */
  readNode(level: number, position: number): Uint8Array | undefined;
}

export interface LogVerdict {
  readonly isVerified: boolean;
  readonly explanation: string;
  readonly checkpoint: AuditCheckpoint;
}

/** Sees entries in order, and says whether the signed checkpoint is over exactly them. */
export interface LogCheck {
  see(entry: AuditEntry): void;
  finish(): LogVerdict;
}

interface Coverage {
  /** The entries of the period. */
  readonly range: Range;
  /** Whether all of them are seen, or only those about one agent. */
  readonly seen: 'all' | 'some';
}

/**
 * The root is computed from the entries that are seen and, for all others, from the stored hashes: it fits only when none
 * of those seen was changed, and none of the period removed, added or moved. Costs one leaf hash per entry seen, and keeps
 * as many hashes as the log has levels.
 */
export function createLogCheck(log: SignedLog, { range, seen }: Coverage): LogCheck {
  const { checkpoint, readNode } = log;
  const root = createRoot(readNode);
  const end = Math.min(range.end, checkpoint.size + 1);
  let expected = range.start;
  let count = 0;
  let problem: string | undefined;
  return {
    see(entry) {
      const { sequence } = entry;
      if (sequence >= end) return;
      if (seen === 'all' && sequence !== expected) problem ??= `Entry ${expected} is missing.`;
      problem ??= problemOfData(entry, log);
      root.fill(sequence - 1);
      root.append(hashEntry(entry));
      expected = sequence + 1;
      count += 1;
    },
    finish() {
      if (seen === 'all' && expected < end) problem ??= `Entry ${expected} is missing.`;
      root.fill(checkpoint.size);
      if (root.missing !== undefined) problem ??= `The log lacks the hash of entry ${root.missing}.`;
      if (root.toBase64() !== checkpoint.rootHash) problem ??= UNFIT;
      const explanation = problem ?? describe({ count, size: checkpoint.size });
      return { isVerified: problem === undefined && count > 0, explanation, checkpoint };
    },
  };
}

function problemOfData(
  { sequence, data, dataDigest }: AuditEntry,
  { prunedThrough }: SignedLog,
): string | undefined {
  if (data === undefined) {
    if (sequence <= prunedThrough) return undefined;
    return `The data of entry ${sequence} is gone, and the log does not say that retention removed it.`;
  }
  if (digestOf(data) === dataDigest) return undefined;
  return `The data of entry ${sequence} is not what was logged.`;
}

const UNFIT = 'The entries do not give the root of the checkpoint: the log was changed after it was written.';

function describe({ count, size }: { count: number; size: number }): string {
  if (count === 0) return `The log has no such entry in the period; the checkpoint is over ${size} entries.`;
  return (
    `The ${count} entries that this report is about were hashed again and, with the hashes of all others, give the root of ` +
    `the checkpoint below, which is over ${size} entries. Whoever kept an earlier checkpoint can prove that nothing it covers was changed.`
  );
}

interface Subtree {
  readonly level: number;
  readonly hash: Uint8Array;
}

interface Root {
  /** Appends stored hashes until the tree has this size. */
  fill(size: number): void;
  append(leaf: Uint8Array): void;
  toBase64(): string;
  /** The entry whose row should hold a hash, and does not. */
  readonly missing: number | undefined;
}

/** A tree that grows by leaves and by whole stored subtrees, and keeps one hash per level. */
function createRoot(readNode: SignedLog['readNode']): Root {
  const stack: Subtree[] = [];
  let size = 0;
  let missing: number | undefined;
  const push = ({ level, hash }: Subtree) => {
    let top = { level, hash };
    for (let left = stack.at(-1); left?.level === top.level; left = stack.at(-1)) {
      stack.pop();
      top = { level: top.level + 1, hash: nodeHash(left.hash, top.hash) };
    }
    stack.push(top);
    size += 2 ** level;
  };
  return {
    append: (leaf) => push({ level: 0, hash: leaf }),
    fill(wanted) {
      while (size < wanted && missing === undefined) {
        const level = levelThatFits(size, wanted);
        const position = size / 2 ** level;
        const hash = readNode(level, position);
        if (hash?.length === 32) push({ level, hash });
        else missing = size + 2 ** level;
      }
    },
    toBase64: () => {
      const root = stack
        .map(({ hash }) => hash)
        .reduceRight(
          (right: Uint8Array | undefined, left) => (right ? nodeHash(left, right) : left),
          undefined,
        );
      return root ? Buffer.from(root).toString('base64') : '';
    },
    get missing() {
      return missing;
    },
  };
}

/** Level of the largest complete subtree that starts at leaf `start` and ends by leaf `end`. */
function levelThatFits(start: number, end: number): number {
  let level = 0;
  while (start % 2 ** (level + 1) === 0 && start + 2 ** (level + 1) <= end) level += 1;
  return level;
}
