import { BonafideError } from '@bonafide/core/errors';
import type { RecordedAction } from '@bonafide/core/models';
import { completeAction, logAction, type Recorded, requestAction } from '../actions/actions.ts';
import { getAction, presentAction } from '../actions/state.ts';
import { waitForAction } from '../actions/wait.ts';
import { signReceipt } from '../audit/receipt.ts';
import { type Context, callingAgent } from '../context.ts';
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
    return context.commit((tx) => withReceipt(context, completeAction(tx, { agent, ...report })));
  },
  'actions.start': async () => {
    throw new BonafideError('UNSUPPORTED', 'Not built yet.');
  },
  'actions.log': async (context, { outcome, result, error, ...request }) => {
    const agent = callingAgent(context);
    const { policy } = context.services;
    return context.commit((tx) =>
      withReceipt(context, logAction(tx, { agent, request, outcome: { outcome, result, error }, policy })),
    );
  },
  'actions.get': async ({ read: tables, workspace, now }, { actionId }) =>
    presentAction(getAction({ tables, workspace }, actionId), now()),
  'actions.list': async ({ read, workspace, now }, { agentId, status, action, ...input }) => {
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
