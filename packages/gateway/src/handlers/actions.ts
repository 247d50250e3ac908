import type { RecordedAction } from '@bonafide/core/models';
import { logAction, requestAction } from '../actions/actions.ts';
import { commitOrRefuse } from '../actions/refused.ts';
import { completeAction, startAction } from '../actions/run.ts';
import { presentAction, type Recorded, viewAction } from '../actions/state.ts';
import { waitForAction } from '../actions/wait.ts';
import { signReceipt } from '../audit/receipt.ts';
import { type Context, callingAgent, visibleAgentId } from '../context.ts';
import { readPage } from '../paging.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const actionHandlers: HandlersOf<IdsOf<'actions'>> = {
  'actions.verify': async (context, request) => {
    const agent = callingAgent(context);
    const { policy } = context.services;
    return context.commit((tx) => withReceipt(context, requestAction(tx, { agent, request, policy })));
  },
  'actions.complete': async (context, report) => {
    const agent = callingAgent(context);
    return commitOrRefuse(context, (tx) => withReceipt(context, completeAction(tx, { agent, ...report })));
  },
  'actions.start': async (context, claim) => {
    const agent = callingAgent(context);
    const { policy } = context.services;
    return commitOrRefuse(context, (tx) =>
      withReceipt(context, startAction(tx, { agent, policy, ...claim })),
    );
  },
  'actions.log': async (context, { outcome, result, error, ...request }) => {
    const agent = callingAgent(context);
    const { policy } = context.services;
    return context.commit((tx) =>
      withReceipt(context, logAction(tx, { agent, request, outcome: { outcome, result, error }, policy })),
    );
  },
  'actions.get': async (context, { actionId }) => viewAction(context, actionId),
  'actions.list': async (context, { agentId: wanted, status, action, ...input }) => {
    const { read, workspace, now } = context;
    const agentId = visibleAgentId(context, wanted);
    const { items, ...rest } = readPage({
      input,
      read: ({ beyond, limit }) =>
        read.actions.list({ workspace, agentId, status, action }, { before: beyond, limit }),
      keyOf: ({ actionId }) => actionId,
    });
    return { items: items.map((each) => presentAction(each, now())), ...rest };
  },
  'actions.wait': waitForAction,
};

function withReceipt({ services }: Context, { action, entry }: Recorded): RecordedAction {
  return { ...action, receipt: signReceipt(services, entry) };
}
