import { disconnect, listConnections } from '../sessions/connections.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const connectionHandlers: HandlersOf<IdsOf<'connections'>> = {
  'connections.list': async (context, input) => listConnections(context, input),
  'connections.disconnect': (context, input) => disconnect(context, input),
};
