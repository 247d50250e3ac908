import type { Alert } from '@bonafide/core/models';
import { type Context, visibleAgentId, visibleTo } from '../context.ts';
import { followEvents } from '../events/follow.ts';
import type { StreamItem } from '../handlers/types.ts';
import { getAlert } from './state.ts';

const PAGE = 100;

/** Every open alert now, then each new or changed one; the cursor is that of the event stream. */
export async function* watchAlerts(context: Context): AsyncGenerator<StreamItem<Alert>> {
  const { read: tables, workspace, cursor } = context;
  // The cursor is taken before the snapshot is read: a change in between comes twice rather than never.
  const start = cursor ?? String(tables.events.getBounds().newest);
  if (cursor === undefined) yield* listOpen(context);
  for await (const followed of followEvents(context, start)) {
    if (followed.kind === 'reset') {
      yield { reset: { oldest: String(followed.oldest) } };
      yield* listOpen(context);
    } else if (followed.event.workspace === workspace && followed.event.type.startsWith('alert.')) {
      const alert = visibleTo(context, getAlert({ tables, workspace }, followed.event.subject));
      if (alert) yield { data: alert, id: String(followed.id) };
    }
  }
}

function* listOpen(context: Context): Generator<StreamItem<Alert>> {
  const query = { workspace: context.workspace, status: 'open', agentId: visibleAgentId(context) } as const;
  let before: string | undefined;
  for (;;) {
    const page = context.read.alerts.list(query, { before, limit: PAGE });
    for (const alert of page) yield { data: alert };
    before = page.at(-1)?.alertId;
    if (page.length < PAGE) return;
  }
}
