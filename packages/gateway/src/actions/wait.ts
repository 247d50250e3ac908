import type { Action } from '@bonafide/core/models';
import { subjectTopic } from '../bus/bus.ts';
import type { Context } from '../context.ts';
import { createWaiter } from '../events/waiter.ts';
import { viewAction } from './state.ts';

interface Wanted {
  readonly actionId: string;
}

/** The action now and at each change, until it is no longer pending; NOT_FOUND before the stream opens. */
export function waitForAction(context: Context, wanted: Wanted): AsyncIterable<{ data: Action }> {
  viewAction(context, wanted.actionId);
  return follow(context, wanted);
}

async function* follow(context: Context, { actionId }: Wanted): AsyncGenerator<{ data: Action }> {
  const { workspace, services, signal } = context;
  const waiter = createWaiter(services.bus, { topics: [subjectTopic(workspace, actionId)], signal });
  try {
    while (!signal.aborted) {
      const action = viewAction(context, actionId);
      yield { data: action };
      if (action.status !== 'pending') return;
      await waiter.next();
    }
  } finally {
    waiter.close();
  }
}
