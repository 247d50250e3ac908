import { requireChain } from '../context.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const reputationHandlers: HandlersOf<IdsOf<'reputation'>> = {
  'reputation.get': async (context, { chainAgentId }) => requireChain(context).getReputation(chainAgentId),
};
