import { describe, expect, it } from 'vitest';
import vectors from '../../vectors/merkle-rfc6962.json' with { type: 'json' };
import { fromHex, toBase64, toUtf8 } from '../identity/bytes.ts';
import { createFrontier } from './frontier.ts';
import { leafHash, nodeHash } from './hashes.ts';
import { proveConsistency, proveInclusion, type ReadNode, rootHash } from './tree.ts';
import { verifyConsistency, verifyInclusion } from './verify-proofs.ts';

const SIZES = 300;
const leaves = Array.from({ length: SIZES }, (_, index) => leafHash(toUtf8(`leaf ${index}`)));

/** The definition of RFC 6962 section 2.1, as it stands there, over leaf hashes. */
const known = new Map<string, Uint8Array>();
function naiveRoot(start: number, size: number, of = leaves): Uint8Array {
  const key = `${start}+${size}`;
  const remembered = of === leaves ? known.get(key) : undefined;
  if (remembered) return remembered;
  if (size === 1) return of[start] ?? new Uint8Array();
  let half = 1;
  while (half < size / 2) half *= 2;
  const root = nodeHash(naiveRoot(start, half, of), naiveRoot(start + half, size - half, of));
  if (of === leaves) known.set(key, root);
  return root;
}

/** PATH of section 2.1.1. */
function naivePath(index: number, start: number, size: number): Uint8Array[] {
  if (size === 1) return [];
  let half = 1;
  while (half < size / 2) half *= 2;
  return index < half
    ? [...naivePath(index, start, half), naiveRoot(start + half, size - half)]
    : [...naivePath(index - half, start + half, size - half), naiveRoot(start, half)];
}

/** SUBPROOF of section 2.1.2. */
function naiveSubproof(from: number, start: number, size: number, isKnown: boolean): Uint8Array[] {
  if (from === size) return isKnown ? [] : [naiveRoot(start, size)];
  let half = 1;
  while (half < size / 2) half *= 2;
  return from <= half
    ? [...naiveSubproof(from, start, half, isKnown), naiveRoot(start + half, size - half)]
    : [...naiveSubproof(from - half, start + half, size - half, false), naiveRoot(start, half)];
}

/** Stored as a log stores them: what the frontier says is final. */
function grow(hashes: readonly Uint8Array[]) {
  const frontier = createFrontier();
  const stored = hashes.map((hash) => frontier.append(hash));
  const read: ReadNode = (level, position) => {
    const node = stored[(position + 1) * 2 ** level - 1]?.[level];
    if (!node) throw new Error(`no node ${level}/${position}`);
    return node;
  };
  return { frontier, read };
}

const { read } = grow(leaves);
const sizes = Array.from({ length: SIZES }, (_, index) => index + 1);

describe('a tree of every size up to 300', () => {
  it('has the root of the definition, from stored nodes and from the frontier', () => {
    const growing = createFrontier();
    for (const size of sizes) {
      growing.append(leaves[size - 1] ?? new Uint8Array());
      expect(toBase64(rootHash(read, size))).toBe(toBase64(naiveRoot(0, size)));
      expect(toBase64(growing.root())).toBe(toBase64(naiveRoot(0, size)));
      expect(growing.size).toBe(size);
    }
  });

  it('proves the inclusion of every leaf, with the path of the definition', () => {
    for (const size of sizes) {
      const root = naiveRoot(0, size);
      for (let index = 0; index < size; index++) {
        const hashes = proveInclusion(read, { index, size });
        const expected = naivePath(index, 0, size);
        if (hashes.length !== expected.length || hashes.some((hash, at) => !same(hash, expected[at])))
          expect.fail(`the path of ${index} in ${size}`);
        const claim = { index, size, leafHash: leaves[index] ?? root, rootHash: root, hashes };
        if (!verifyInclusion(claim)) expect.fail(`${index} in ${size} is refused`);
      }
    }
  }, 60_000);

  it('proves the consistency of every pair of sizes, with the proof of the definition', () => {
    for (const toSize of sizes) {
      for (let fromSize = 1; fromSize <= toSize; fromSize++) {
        const hashes = proveConsistency(read, { fromSize, toSize });
        const expected = naiveSubproof(fromSize, 0, toSize, true);
        if (hashes.length !== expected.length || hashes.some((hash, at) => !same(hash, expected[at])))
          expect.fail(`the proof of ${fromSize} to ${toSize}`);
        const [fromRootHash, toRootHash] = [naiveRoot(0, fromSize), naiveRoot(0, toSize)];
        if (!verifyConsistency({ fromSize, toSize, fromRootHash, toRootHash, hashes }))
          expect.fail(`${fromSize} to ${toSize} is refused`);
      }
    }
  }, 60_000);
});

describe('the reference tree of Certificate Transparency', () => {
  const reference = vectors.leaves.map((leaf) => leafHash(fromHex(leaf)));
  const tree = grow(reference);

  it('has the published roots', () => {
    expect(toBase64(rootHash(tree.read, 0))).toBe(vectors.emptyRoot);
    expect(vectors.roots.map((_, index) => toBase64(rootHash(tree.read, index + 1)))).toEqual(vectors.roots);
  });

  it('has the published proofs', () => {
    for (const { hashes, ...claim } of vectors.inclusion)
      expect(proveInclusion(tree.read, claim).map(toBase64)).toEqual(hashes);
    for (const { hashes, ...claim } of vectors.consistency)
      expect(proveConsistency(tree.read, claim).map(toBase64)).toEqual(hashes);
  });
});

function same(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && Buffer.compare(a, b) === 0;
}
