import { decideApproval, getApproval, presentApproval } from '../approvals/approvals.ts';
import { watchApprovals } from '../approvals/watch.ts';
import { readPage } from '../paging.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const approvalHandlers: HandlersOf<IdsOf<'approvals'>> = {
  'approvals.list': async ({ read, workspace, now }, { status, agentId, ...input }) => {
    const { items, ...rest } = readPage({
      input,
      read: ({ beyond, limit }) =>
        read.approvals.list({ workspace, status, agentId }, { before: beyond, limit }),
      keyOf: ({ approvalId }) => approvalId,
    });
    return { items: items.map((each) => presentApproval(each, now())), ...rest };
  },
  'approvals.get': async ({ read: tables, workspace, now }, { approvalId }) =>
    presentApproval(getApproval({ tables, workspace }, approvalId), now()),
  'approvals.decide': async (context, answer) => {
    const { approvalTtlMs } = context.services.policy;
    return context.commit((tx) => decideApproval(tx, { answer, approvalTtlMs }));
  },
  'approvals.watch': watchApprovals,
};
