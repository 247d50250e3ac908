import { emptyRoot, nodeHash } from './hashes.ts';

/**
 * Reads the root of the complete subtree over the leaves `position * 2^level` to `(position + 1) * 2^level - 1`; on level 0
 * that is the leaf itself. Such hashes never change again, so a log stores exactly them.
 */
export type ReadNode = (level: number, position: number) => Uint8Array;

/** Leaves `start` to `start + size - 1`, as RFC 6962 splits a tree: `start` is a multiple of the next power of two. */
interface Range {
  readonly start: number;
  readonly size: number;
}

/** Root hash of the tree over the first `size` leaves. */
export function rootHash(read: ReadNode, size: number): Uint8Array {
  return size === 0 ? emptyRoot() : hashOf(read, { start: 0, size });
}

/** The audit path of RFC 6962 section 2.1.1 for the leaf at `index`, from the leaf up; needs `index < size`. */
export function proveInclusion(
  read: ReadNode,
  { index, size }: { readonly index: number; readonly size: number },
): Uint8Array[] {
  const downward: Uint8Array[] = [];
  let range: Range = { start: 0, size };
  while (range.size > 1) {
    const { left, right } = split(range);
    const isLeft = index < right.start;
    downward.push(hashOf(read, isLeft ? right : left));
    range = isLeft ? left : right;
  }
  return downward.reverse();
}

/** The consistency proof of RFC 6962 section 2.1.2 between two sizes; needs `0 < fromSize <= toSize`. */
export function proveConsistency(
  read: ReadNode,
  { fromSize, toSize }: { readonly fromSize: number; readonly toSize: number },
): Uint8Array[] {
  const downward: Uint8Array[] = [];
  let range: Range = { start: 0, size: toSize };
  while (range.start + range.size > fromSize) {
    const { left, right } = split(range);
    const isLeft = fromSize <= right.start;
    downward.push(hashOf(read, isLeft ? right : left));
    range = isLeft ? left : right;
  }
  // A subtree that begins with the log is the old root itself, which the verifier has.
  if (range.start > 0) downward.push(hashOf(read, range));
  return downward.reverse();
}

function hashOf(read: ReadNode, range: Range): Uint8Array {
  const level = Math.log2(range.size);
  if (Number.isInteger(level)) return read(level, range.start / range.size);
  const { left, right } = split(range);
  return nodeHash(hashOf(read, left), hashOf(read, right));
}

/** The left half gets the largest power of two below the size. */
function split({ start, size }: Range): { readonly left: Range; readonly right: Range } {
  let half = 1;
  while (half * 2 < size) half *= 2;
  return { left: { start, size: half }, right: { start: start + half, size: size - half } };
}
