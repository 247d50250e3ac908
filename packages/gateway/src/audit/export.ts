import type { AuditExportLine } from '@bonafide/core/models';
import type { Services } from '../context.ts';
import type { StreamItem } from '../handlers/types.ts';
import type { Reader } from '../stores/store.ts';
import { checkpointAt } from './tree.ts';

const PAGE = 200;

/**
 * Every entry after a sequence in order, then the checkpoint over all of them. The end is fixed at the start, so an export of
 * a log that keeps growing ends. It moves only when an entry lost its data meanwhile: what says so must be in the export.
 */
export async function* exportLog(
  reader: Reader,
  { after, did, sign }: Pick<Services, 'did' | 'sign'> & { readonly after: number },
): AsyncGenerator<StreamItem<AuditExportLine>> {
  const { tables, workspace } = reader;
  let end = tables.auditTree.getSize(workspace);
  let next = after + 1;
  while (next <= end) {
    const throughSequence = Math.min(next + PAGE - 1, end);
    const page = tables.audit.listLeaves({ workspace, fromSequence: next, throughSequence });
    if (page.some(({ entry }) => entry.data === undefined)) end = tables.auditTree.getSize(workspace);
    for (const { entry, leafHash } of page) {
      const line = { kind: 'entry', entry, leafHash: Buffer.from(leafHash).toString('base64') } as const;
      yield { id: String(entry.sequence), data: line };
    }
    next = throughSequence + 1;
  }
  yield { data: { kind: 'checkpoint', checkpoint: checkpointAt(reader, { size: end, did, sign }) } };
}
