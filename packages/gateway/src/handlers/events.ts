import type { Event } from '@bonafide/core/models';
import type { Context } from '../context.ts';
import { followEvents } from '../events/follow.ts';
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
  const source = context.services.did;
  for await (const followed of followEvents(context, context.cursor ?? filter.cursor)) {
    if (followed.kind === 'reset') yield { reset: { oldest: String(followed.oldest) } };
    else if (matches(followed.event, filter)) {
      const { type, subject, time, data } = followed.event;
      const id = String(followed.id);
      yield { id, data: { specversion: '1.0', id, source, type, subject, time, data } };
    }
  }
}

function matches({ type, subject }: StoredEvent, filter: Filter): boolean {
  const isWanted = (wanted: string) =>
    wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted;
  return (
    (filter.types?.some(isWanted) ?? true) && (filter.subject === undefined || filter.subject === subject)
  );
}
