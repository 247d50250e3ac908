import { acknowledgeAlert, resolveAlert } from '../alerts/answer.ts';
import { watchAlerts } from '../alerts/watch.ts';
import { visibleAgentId } from '../context.ts';
import { readPage } from '../paging.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const alertHandlers: HandlersOf<IdsOf<'alerts'>> = {
  'alerts.list': async (context, { cursor, limit: size, agentId, ...filter }) => {
    const { read, workspace } = context;
    const query = { workspace, ...filter, agentId: visibleAgentId(context, agentId) };
    return readPage({
      input: { cursor, limit: size },
      read: ({ beyond, limit }) => read.alerts.list(query, { before: beyond, limit }),
      keyOf: ({ alertId }) => alertId,
    });
  },
  'alerts.acknowledge': async (context, remark) => context.commit((tx) => acknowledgeAlert(tx, remark)),
  'alerts.resolve': async (context, answer) => context.commit((tx) => resolveAlert(tx, answer)),
  'alerts.watch': watchAlerts,
};
