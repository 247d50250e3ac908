import { disconnectSession } from './disconnect.ts';
import { listConnections } from './list.ts';

export const connections = {
  list: listConnections,
  disconnect: disconnectSession,
};
