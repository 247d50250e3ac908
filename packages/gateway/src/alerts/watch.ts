import type { Alert } from '@bonafide/core/models';
import { type Context, readerOf, visibleAgentId, visibleTo } from '../context.ts';
import { watchThings } from '../events/watch.ts';
import type { StreamItem } from '../handlers/types.ts';
import { everyItem } from '../paging.ts';
import { getAlert } from './state.ts';

/** Every open alert that the caller may see now, then each new or changed one. */
export function watchAlerts(context: Context): AsyncIterable<StreamItem<Alert>> {
  const { read, workspace } = context;
  return watchThings(context, {
    noun: 'alert',
    listNow() {
      const query = { workspace, status: 'open', agentId: visibleAgentId(context) } as const;
      return everyItem({
        read: ({ beyond, limit }) => read.alerts.list(query, { before: beyond, limit }),
        keyOf: ({ alertId }) => alertId,
      });
    },
    find: (alertId) => visibleTo(context, getAlert(readerOf(context), alertId)),
  });
}
