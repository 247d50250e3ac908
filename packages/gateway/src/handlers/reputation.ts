import { getReputation, listFeedback } from '../reputation/reputation.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const reputationHandlers: HandlersOf<IdsOf<'reputation'>> = {
  'reputation.get': async (context, { chainAgentId }) => getReputation(context, chainAgentId),
  'reputation.list': async (context, listing) => listFeedback(context, listing),
};
