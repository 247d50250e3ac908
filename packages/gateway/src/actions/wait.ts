import type { Action } from '@bonafide/core/models';
import { subjectTopic } from '../bus/bus.ts';
import type { Context } from '../context.ts';
import { createWaiter } from '../events/waiter.ts';
import { getAction, presentAction } from './state.ts';

interface Wanted {
  readonly actionId: string;
}

/** The action now and at each change, until it is no longer pending; NOT_FOUND before the stream opens. */
export function waitForAction(context: Context, wanted: Wanted): AsyncIterable<{ data: Action }> {
  getAction({ tables: context.read, workspace: context.workspace }, wanted.actionId);
  return follow(context, wanted);
}

async function* follow(
  { read: tables, workspace, services, signal, now }: Context,
  { actionId }: Wanted,
): AsyncGenerator<{ data: Action }> {
  const waiter = createWaiter(services.bus, { topics: [subjectTopic(workspace, actionId)], signal });
  try {
    while (!signal.aborted) {
      const action = presentAction(getAction({ tables, workspace }, actionId), now());
      yield { data: action };
      if (action.status !== 'pending') return;
      await waiter.next();
    }
  } finally {
    waiter.close();
  }
}
