import type { Approval } from '@bonafide/core/models';
import { type Context, visibleAgentId, visibleTo } from '../context.ts';
import { followEvents } from '../events/follow.ts';
import type { StreamItem } from '../handlers/types.ts';
import { getApproval, presentApproval } from './approvals.ts';

const PAGE = 100;

/** Every pending approval that the caller may see now, then each change; the cursor is that of the event stream. */
export async function* watchApprovals(context: Context): AsyncGenerator<StreamItem<Approval>> {
  const { read: tables, workspace, now, cursor } = context;
  // The cursor is taken before the snapshot is read: a change in between comes twice rather than never.
  const start = cursor ?? String(tables.events.getBounds().newest);
  if (cursor === undefined) yield* listPending(context);
  for await (const followed of followEvents(context, start)) {
    if (followed.kind === 'reset') {
      yield { reset: { oldest: String(followed.oldest) } };
      yield* listPending(context);
    } else if (followed.event.workspace === workspace && followed.event.type.startsWith('approval.')) {
      const approval = visibleTo(context, getApproval({ tables, workspace }, followed.event.subject));
      if (approval) yield { data: presentApproval(approval, now()), id: String(followed.id) };
    }
  }
}

function* listPending(context: Context): Generator<StreamItem<Approval>> {
  const { read, workspace, now } = context;
  const agentId = visibleAgentId(context);
  let before: string | undefined;
  for (;;) {
    const page = read.approvals.list({ workspace, status: 'pending', agentId }, { before, limit: PAGE });
    for (const approval of page) {
      if (presentApproval(approval, now()).status === 'pending') yield { data: approval };
    }
    before = page.at(-1)?.approvalId;
    if (page.length < PAGE) return;
  }
}
