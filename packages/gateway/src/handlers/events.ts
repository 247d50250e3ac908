import type { Event } from '@bonafide/core/models';
import type { Context } from '../context.ts';
import { isOneOf, toCloudEvent } from '../events/cloud-event.ts';
import { followEvents } from '../events/follow.ts';
import { isVisible } from '../events/visible.ts';
import type { StoredEvent } from '../stores/store.ts';
import type { HandlersOf, IdsOf, StreamItem } from './types.ts';

export const eventHandlers: HandlersOf<IdsOf<'events'>> = {
  'events.stream': streamEvents,
};

interface Filter {
  readonly cursor?: string | undefined;
  readonly types?: readonly string[] | undefined;
  readonly subject?: string | undefined;
}

async function* streamEvents(context: Context, filter: Filter): AsyncGenerator<StreamItem<Event>> {
  for await (const followed of followEvents(context, context.cursor ?? filter.cursor)) {
    if (followed.kind === 'reset') yield { reset: { oldest: String(followed.oldest) } };
    else if (matches(followed.event, filter) && isVisible(context, followed.event)) {
      const data = toCloudEvent({ ...followed.event, id: followed.id }, context.services.did);
      yield { id: data.id, data };
    }
  }
}

function matches({ type, subject }: StoredEvent, filter: Filter): boolean {
  return (
    (filter.types === undefined || isOneOf(type, filter.types)) &&
    (filter.subject === undefined || filter.subject === subject)
  );
}
