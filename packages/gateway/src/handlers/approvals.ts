import { commitOrRefuse } from '../actions/refused.ts';
import { presentApproval, viewApproval } from '../approvals/approvals.ts';
import { decideApproval } from '../approvals/decide.ts';
import { watchApprovals } from '../approvals/watch.ts';
import { visibleAgentId } from '../context.ts';
import { readPage } from '../paging.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const approvalHandlers: HandlersOf<IdsOf<'approvals'>> = {
  'approvals.list': async (context, { status, agentId: wanted, ...input }) => {
    const { read, workspace, now } = context;
    const agentId = visibleAgentId(context, wanted);
    const { items, ...rest } = readPage({
      input,
      read: ({ beyond, limit }) =>
        read.approvals.list({ workspace, status, agentId }, { before: beyond, limit }),
      keyOf: ({ approvalId }) => approvalId,
    });
    return { items: items.map((each) => presentApproval(each, now())), ...rest };
  },
  'approvals.get': async (context, { approvalId }) => viewApproval(context, approvalId),
  'approvals.decide': async (context, answer) => {
    const { policy } = context.services;
    return commitOrRefuse(context, (tx) => decideApproval(tx, { answer, policy }));
  },
  'approvals.watch': watchApprovals,
};
