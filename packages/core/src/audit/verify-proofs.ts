import { bytesEqual } from '../identity/bytes.ts';
import { HASH_BYTES, nodeHash } from './hashes.ts';

/** What an inclusion proof claims: the leaf is at `index` (from 0) of the tree of this size and root. */
export interface Inclusion {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  readonly rootHash: Uint8Array;
  readonly hashes: readonly Uint8Array[];
}

/** What a consistency proof claims: the tree `from` is the beginning of the tree `to`. */
export interface Consistency {
  readonly fromSize: number;
  readonly fromRootHash: Uint8Array;
  readonly toSize: number;
  readonly toRootHash: Uint8Array;
  readonly hashes: readonly Uint8Array[];
}

/** Whether an audit path proves its claim: the algorithm of RFC 9162 section 2.1.3.2. Never throws. */
export function verifyInclusion({ index, size, leafHash, rootHash, hashes }: Inclusion): boolean {
  if (!isSize(index) || !isSize(size) || index >= size || !areHashes([leafHash, rootHash, ...hashes]))
    return false;
  const climb = createClimb(index, size - 1);
  let root = leafHash;
  for (const hash of hashes) {
    if (climb.isAtTop()) return false;
    root = climb.isOnRight() ? nodeHash(hash, root) : nodeHash(root, hash);
    climb.up();
  }
  return climb.isAtTop() && bytesEqual(root, rootHash);
}

/** Whether a proof shows that nothing before was changed: the algorithm of RFC 9162 section 2.1.4.2. Never throws. */
export function verifyConsistency(claim: Consistency): boolean {
  const { fromSize, toSize, fromRootHash, toRootHash, hashes } = claim;
  if (!isSize(fromSize) || !isSize(toSize) || fromSize === 0 || fromSize > toSize) return false;
  if (!areHashes([fromRootHash, toRootHash, ...hashes])) return false;
  if (fromSize === toSize) return hashes.length === 0 && bytesEqual(fromRootHash, toRootHash);
  const [start, ...rest] = isPowerOfTwo(fromSize) ? [fromRootHash, ...hashes] : hashes;
  if (!start) return false;
  const climb = createClimb(fromSize - 1, toSize - 1);
  climb.skipRight();
  let from = start;
  let to = start;
  for (const hash of rest) {
    if (climb.isAtTop()) return false;
    if (climb.isOnRight()) {
      from = nodeHash(hash, from);
      to = nodeHash(hash, to);
    } else to = nodeHash(to, hash);
    climb.up();
  }
  return climb.isAtTop() && bytesEqual(from, fromRootHash) && bytesEqual(to, toRootHash);
}

/** The way from a node to the root, beside the last node of each level; sizes pass 2^32, so no bit operators. */
function createClimb(start: number, end: number) {
  let node = start;
  let last = end;
  const halve = () => {
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  };
  return {
    isAtTop: () => last === 0,
    isOnRight: () => node % 2 === 1 || node === last,
    skipRight() {
      while (node % 2 === 1) halve();
    },
    up() {
      // A last node without a sibling is its own parent: no hash of the proof belongs to those levels.
      if (node === last) while (node % 2 === 0 && node > 0) halve();
      halve();
    },
  };
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value));
}

function areHashes(hashes: readonly Uint8Array[]): boolean {
  return hashes.every(({ length }) => length === HASH_BYTES);
}
