import { proveConsistency, proveInclusion, rootHash } from '@bonafide/core/audit';
import { BonafideError, ValidationError } from '@bonafide/core/errors';
import type { ConsistencyProof, InclusionProof } from '@bonafide/core/models';
import type { Reader } from '../stores/store.ts';
import { nodesOf } from './tree.ts';

/** The audit path of one entry; NOT_FOUND for an entry or a size that the log does not have yet. */
export function inclusionOf(
  reader: Reader,
  { sequence, size = sizeOf(reader) }: { readonly sequence: number; readonly size?: number | undefined },
): InclusionProof {
  assertReached(reader, Math.max(sequence, size));
  if (sequence > size) {
    throw wrong(
      'size',
      `Entry ${sequence} is not among the first ${size}; ask for a size from ${sequence} on.`,
    );
  }
  const read = nodesOf(reader);
  const index = sequence - 1;
  return {
    ...{ sequence, size, leafHash: base64(read(0, index)), rootHash: base64(rootHash(read, size)) },
    hashes: proveInclusion(read, { index, size }).map(base64),
  };
}

/** The proof that the log was only appended to; NOT_FOUND for a size that it does not have yet. */
export function consistencyOf(
  reader: Reader,
  { fromSize, toSize = sizeOf(reader) }: { readonly fromSize: number; readonly toSize?: number | undefined },
): ConsistencyProof {
  assertReached(reader, Math.max(fromSize, toSize));
  if (fromSize > toSize) throw wrong('fromSize', 'fromSize must not be greater than toSize.');
  const read = nodesOf(reader);
  return {
    ...{ fromSize, toSize },
    fromRootHash: base64(rootHash(read, fromSize)),
    toRootHash: base64(rootHash(read, toSize)),
    hashes: proveConsistency(read, { fromSize, toSize }).map(base64),
  };
}

function assertReached(reader: Reader, sequence: number): void {
  const size = sizeOf(reader);
  if (sequence <= size) return;
  throw new BonafideError('NOT_FOUND', `The log has ${size} entries, not ${sequence}.`, {
    details: { size },
  });
}

function sizeOf({ tables, workspace }: Reader): number {
  return tables.auditTree.getSize(workspace);
}

function wrong(path: string, message: string): Error {
  return new ValidationError(message, { issues: [{ path, message }] });
}

function base64(hash: Uint8Array): string {
  return Buffer.from(hash).toString('base64');
}
