import type { Approval } from '@bonafide/core/models';
import { type Context, readerOf, visibleAgentId, visibleTo } from '../context.ts';
import { watchThings } from '../events/watch.ts';
import type { StreamItem } from '../handlers/types.ts';
import { everyItem } from '../paging.ts';
import { getApproval, presentApproval } from './approvals.ts';

/** Every pending approval that the caller may see now, then each new or changed one. */
export function watchApprovals(context: Context): AsyncIterable<StreamItem<Approval>> {
  return watchThings(context, {
    noun: 'approval',
    listNow: () => listPending(context),
    find(approvalId) {
      const approval = visibleTo(context, getApproval(readerOf(context), approvalId));
      return approval && presentApproval(approval, context.now());
    },
  });
}

function* listPending(context: Context): Generator<Approval> {
  const { read, workspace, now } = context;
  const query = { workspace, status: 'pending', agentId: visibleAgentId(context) } as const;
  const stored = everyItem({
    read: ({ beyond, limit }) => read.approvals.list(query, { before: beyond, limit }),
    keyOf: ({ approvalId }) => approvalId,
  });
  // One whose time is over is still pending in the store until the sweep.
  for (const approval of stored) if (presentApproval(approval, now()).status === 'pending') yield approval;
}
