import {
  decideCapability,
  grantCapability,
  requestCapability,
  revokeCapability,
} from '../capabilities/capabilities.ts';
import { presentCapability } from '../capabilities/covers.ts';
import { callingAgent, visibleAgentId } from '../context.ts';
import { readPage } from '../paging.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const capabilityHandlers: HandlersOf<IdsOf<'capabilities'>> = {
  'capabilities.request': async (context, wanted) => {
    const agent = callingAgent(context);
    return context.commit((tx) => requestCapability(tx, { agent, ...wanted }));
  },
  'capabilities.list': async (context, { agentId: asked, status, ...input }) => {
    const { read, workspace } = context;
    const [agentId, now] = [visibleAgentId(context, asked), context.now()];
    const { items, ...rest } = readPage({
      input,
      read: ({ beyond, limit }) =>
        read.capabilities.list({ workspace, agentId, status, now }, { before: beyond, limit }),
      keyOf: ({ capabilityId }) => capabilityId,
    });
    return { items: items.map((each) => presentCapability(each, now)), ...rest };
  },
  'capabilities.grant': async (context, grant) => context.commit((tx) => grantCapability(tx, grant)),
  'capabilities.decide': async (context, answer) => context.commit((tx) => decideCapability(tx, answer)),
  'capabilities.revoke': async (context, named) => context.commit((tx) => revokeCapability(tx, named)),
};
