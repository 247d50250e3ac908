import { toBase64 } from '../identity/bytes.ts';
import type { AuditCheckpoint } from '../models/audit.ts';
import { createFrontier } from './frontier.ts';

/** Rebuilds the tree of an export. */
export interface TreeCheck {
  readonly size: number;
  /** The root of the leaf hashes that the lines claim. */
  rootHash(): string;
  /** Appends an entry: the leaf hash that its line claims, and the one that it has. */
  append(claimed: Uint8Array, actual: Uint8Array): void;
  /** Whether this is the root now: of the leaf hashes claimed, or of those computed. */
  fits(rootHash: string): boolean;
  /** Whether the checkpoint kept from before fitted when the tree had its size; undefined before that. */
  readonly fitsKept: boolean | undefined;
}

/**
 * An edited entry differs from the leaf hash on its own line. So the tree is built twice: when either fits the signed root,
 * what does not fit is exactly the entries that were named, and nothing else is wrong.
 */
export function createTreeCheck(kept: AuditCheckpoint | undefined): TreeCheck {
  const claimedTree = createFrontier();
  const actualTree = createFrontier();
  const fits = (rootHash: string) =>
    [claimedTree, actualTree].some((tree) => toBase64(tree.root()) === rootHash);
  let fitsKept = kept?.size === 0 ? fits(kept.rootHash) : undefined;
  return {
    fits,
    get size() {
      return claimedTree.size;
    },
    get fitsKept() {
      return fitsKept;
    },
    rootHash: () => toBase64(claimedTree.root()),
    append(claimed, actual) {
      claimedTree.append(claimed);
      actualTree.append(actual);
      if (claimedTree.size === kept?.size) fitsKept = fits(kept.rootHash);
    },
  };
}
