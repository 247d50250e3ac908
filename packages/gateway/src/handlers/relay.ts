import { callingAgent, requireChain } from '../context.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const relayHandlers: HandlersOf<IdsOf<'relay'>> = {
  'relay.submit': async (context, { signedTransaction }) => {
    const agent = callingAgent(context);
    const { requestId } = context;
    const transaction = await requireChain(context).relay.submit({ signedTransaction, agent, requestId });
    return context.commit(() => transaction);
  },
  'relay.get': async (context, { transactionHash }) =>
    requireChain(context).relay.get({ workspace: context.workspace, transactionHash }),
};
