import { currentCheckpoint } from '../audit/tree.ts';
import type { Services } from '../context.ts';
import type { Reader } from '../stores/store.ts';
import type { SignedLog } from './verify-log.ts';

/** The log of the reader's workspace, signed as it is now. */
export function readSignedLog(reader: Reader, services: Pick<Services, 'did' | 'sign'>): SignedLog {
  const { tables, workspace } = reader;
  return {
    checkpoint: currentCheckpoint(reader, services),
    prunedThrough: tables.auditMarks.getPrunedThrough(workspace),
    readNode: (level, position) => tables.auditTree.getNode({ workspace, level, position }),
  };
}
