import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toUtf8 } from '../identity/bytes.ts';
import { createFrontier } from './frontier.ts';
import { leafHash, nodeHash } from './hashes.ts';
import { proveConsistency, proveInclusion, type ReadNode, rootHash } from './tree.ts';
import { type Consistency, type Inclusion, verifyConsistency, verifyInclusion } from './verify-proofs.ts';

const SIZE = 130;

function growTree(seed: string) {
  const frontier = createFrontier();
  const leaves = Array.from({ length: SIZE }, (_, index) => leafHash(toUtf8(`${seed} ${index}`)));
  const stored = leaves.map((leaf) => frontier.append(leaf));
  const read: ReadNode = (level, position) =>
    stored[(position + 1) * 2 ** level - 1]?.[level] ?? expect.fail(`no node ${level}/${position}`);
  return {
    inclusion: (index: number, size: number): Inclusion => ({
      ...{ index, size, leafHash: read(0, index), rootHash: rootHash(read, size) },
      hashes: proveInclusion(read, { index, size }),
    }),
    consistency: (fromSize: number, toSize: number): Consistency => ({
      ...{ fromSize, toSize, fromRootHash: rootHash(read, fromSize), toRootHash: rootHash(read, toSize) },
      hashes: proveConsistency(read, { fromSize, toSize }),
    }),
  };
}

const tree = growTree('leaf');
const other = growTree('other');

/** Every list of hashes that is not the given one but close to it. */
function mangled(hashes: readonly Uint8Array[]): (readonly Uint8Array[])[] {
  const [first = leafHash(toUtf8('x'))] = hashes;
  const flipped = hashes.map((_, at) =>
    hashes.map((hash, index) =>
      index === at ? hash.map((byte, i) => (i === at % 32 ? byte ^ 16 : byte)) : hash,
    ),
  );
  const swapped = hashes.slice(1).map((hash, at) => hashes.with(at, hash).with(at + 1, hashes[at] ?? hash));
  const cut = hashes.flatMap((_, at) => [hashes.slice(0, at), hashes.slice(at + 1), hashes.toSpliced(at, 1)]);
  const short = hashes.map((hash, at) => hashes.with(at, hash.slice(0, 31)));
  const long = hashes.map((hash, at) => hashes.with(at, Uint8Array.of(...hash, 0)));
  return [...flipped, ...swapped, ...cut, ...short, ...long, [first, ...hashes], [...hashes, first]];
}

const inTree = fc
  .integer({ min: 1, max: SIZE })
  .chain((size) => fc.tuple(fc.integer({ min: 0, max: size - 1 }), fc.constant(size)));
const twoSizes = fc
  .integer({ min: 2, max: SIZE })
  .chain((to) => fc.tuple(fc.integer({ min: 1, max: to - 1 }), fc.constant(to)));

describe('an inclusion proof', () => {
  it('is refused when its hashes are changed, swapped, cut, extended or of a wrong length', () => {
    fc.assert(
      fc.property(inTree, ([index, size]) => {
        const proof = tree.inclusion(index, size);
        expect(verifyInclusion(proof)).toBe(true);
        for (const hashes of mangled(proof.hashes)) expect(verifyInclusion({ ...proof, hashes })).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('is refused for another leaf, root or tree', () => {
    for (let size = 1; size <= 40; size++) {
      for (let index = 0; index < size; index++) {
        const proof = tree.inclusion(index, size);
        const foreign = other.inclusion(index, size);
        expect(verifyInclusion({ ...proof, leafHash: foreign.leafHash })).toBe(false);
        expect(verifyInclusion({ ...proof, rootHash: foreign.rootHash })).toBe(false);
        expect(verifyInclusion({ ...proof, rootHash: new Uint8Array() })).toBe(false);
        if (size > 1) expect(verifyInclusion({ ...proof, hashes: foreign.hashes })).toBe(false);
        // A node is no leaf: without the prefixes this would be a second preimage.
        const [sibling] = proof.hashes;
        if (sibling) {
          const parent = index % 2 ? nodeHash(sibling, proof.leafHash) : nodeHash(proof.leafHash, sibling);
          expect(verifyInclusion({ ...proof, leafHash: parent })).toBe(false);
        }
      }
    }
  });

  it('is refused at every other index of its tree, and at what is no index', () => {
    for (let size = 1; size <= 40; size++) {
      for (let index = 0; index < size; index++) {
        const proof = tree.inclusion(index, size);
        for (let wrong = 0; wrong < size + 2; wrong++)
          if (wrong !== index) expect(verifyInclusion({ ...proof, index: wrong })).toBe(false);
        for (const wrong of [-1, 0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY])
          expect(verifyInclusion({ ...proof, index: wrong })).toBe(false);
        for (const wrong of [0, -1, index, index + 0.5, Number.NaN])
          if (wrong !== size) expect(verifyInclusion({ ...proof, size: wrong })).toBe(false);
      }
    }
  });
});

describe('a consistency proof', () => {
  it('is refused when its hashes are changed, swapped, cut, extended or of a wrong length', () => {
    fc.assert(
      fc.property(twoSizes, ([fromSize, toSize]) => {
        const proof = tree.consistency(fromSize, toSize);
        expect(verifyConsistency(proof)).toBe(true);
        for (const hashes of mangled(proof.hashes))
          expect(verifyConsistency({ ...proof, hashes })).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('is refused with a root of another tree, swapped roots, or the proof of another tree', () => {
    for (let toSize = 2; toSize <= 40; toSize++) {
      for (let fromSize = 1; fromSize < toSize; fromSize++) {
        const proof = tree.consistency(fromSize, toSize);
        const foreign = other.consistency(fromSize, toSize);
        const { fromRootHash, toRootHash } = proof;
        for (const changed of [
          { fromRootHash: foreign.fromRootHash },
          { toRootHash: foreign.toRootHash },
          { fromRootHash: toRootHash, toRootHash: fromRootHash },
          { hashes: foreign.hashes },
          { fromSize: toSize, toSize: fromSize },
        ])
          expect(verifyConsistency({ ...proof, ...changed })).toBe(false);
      }
    }
  });

  it('is refused between wrong sizes: none, more than there are, the wrong way round', () => {
    const proof = tree.consistency(5, 9);
    for (const fromSize of [0, -1, 4, 6, 9, 10, 4.5, Number.NaN])
      expect(verifyConsistency({ ...proof, fromSize })).toBe(false);
    const same = tree.consistency(9, 9);
    expect(verifyConsistency(same)).toBe(true);
    expect(verifyConsistency({ ...same, hashes: proof.hashes })).toBe(false);
    expect(verifyConsistency({ ...same, fromRootHash: proof.fromRootHash })).toBe(false);
  });
});
