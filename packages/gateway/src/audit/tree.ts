import { originOf, type ReadNode, rootHash, signCheckpoint } from '@bonafide/core/audit';
import { BonafideError } from '@bonafide/core/errors';
import type { AuditCheckpoint } from '@bonafide/core/models';
import type { Services } from '../context.ts';
import type { Reader } from '../stores/store.ts';

/** Reads the tree of the reader's workspace. */
export function nodesOf({ tables, workspace }: Reader): ReadNode {
  return (level, position) => {
    const node = tables.auditTree.getNode({ workspace, level, position });
    if (node) return node;
    throw new BonafideError('INTERNAL', 'The audit log lacks a node of its tree.');
  };
}

/** Signs the log as it was when it had this size. */
export function checkpointAt(
  reader: Reader,
  { size, did, sign }: Pick<Services, 'did' | 'sign'> & { readonly size: number },
): AuditCheckpoint {
  const origin = originOf(did, reader.workspace);
  return signCheckpoint({ origin, size, rootHash: rootHash(nodesOf(reader), size) }, sign);
}

/** Signs the log as it is now. */
export function currentCheckpoint(reader: Reader, services: Pick<Services, 'did' | 'sign'>): AuditCheckpoint {
  const size = reader.tables.auditTree.getSize(reader.workspace);
  return checkpointAt(reader, { size, did: services.did, sign: services.sign });
}
