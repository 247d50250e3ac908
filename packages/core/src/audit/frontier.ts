import { emptyRoot, nodeHash } from './hashes.ts';
import type { ReadNode } from './tree.ts';

/** A tree that grows leaf by leaf and keeps only the roots of its complete subtrees: log2(size) hashes. */
export interface Frontier {
  readonly size: number;
  /** Returns the hashes that are final from now on: the leaf, then the root of each complete subtree that it ends, going up. */
  append(leaf: Uint8Array): readonly Uint8Array[];
  root(): Uint8Array;
}

/** A tree without leaves, or one that was stored, to go on with. */
export function createFrontier(stored?: { readonly size: number; readonly read: ReadNode }): Frontier {
  const complete = stored ? readComplete(stored) : [];
  let size = stored?.size ?? 0;
  return {
    get size() {
      return size;
    },
    append(leaf) {
      const final = [leaf];
      let top = leaf;
      for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) {
        top = nodeHash(complete.pop() ?? top, top);
        final.push(top);
      }
      complete.push(top);
      size += 1;
      return final;
    },
    root: () =>
      complete.length === 0 ? emptyRoot() : complete.reduceRight((right, left) => nodeHash(left, right)),
  };
}

/** The complete subtrees are the binary digits of the size, from the left. */
function readComplete({ size, read }: { readonly size: number; readonly read: ReadNode }): Uint8Array[] {
  const complete: Uint8Array[] = [];
  let start = 0;
  for (let level = Math.floor(Math.log2(Math.max(size, 1))); level >= 0; level--) {
    const width = 2 ** level;
    if (start + width > size) continue;
    complete.push(read(level, start / width));
    start += width;
  }
  return complete;
}
