import type { Context } from '../context.ts';
import type { StreamItem } from '../handlers/types.ts';
import { followEvents } from './follow.ts';

interface Watched<Thing> {
  /** What the types of its events begin with. */
  readonly noun: string;
  /** What there is to see now. */
  listNow(): Iterable<Thing>;
  /** One thing as the caller may see it; undefined when it may not. */
  find(id: string): Thing | undefined;
}

/** What there is now, then each thing that is new or changed; the cursor is that of the event stream. */
export async function* watchThings<Thing>(
  context: Context,
  { noun, listNow, find }: Watched<Thing>,
): AsyncGenerator<StreamItem<Thing>> {
  const { read, workspace, cursor } = context;
  // The cursor is taken before the snapshot is read: a change in between comes twice rather than never.
  const start = cursor ?? String(read.events.getBounds().newest);
  if (cursor === undefined) yield* toItems(listNow());
  for await (const followed of followEvents(context, start)) {
    if (followed.kind === 'reset') {
      yield { reset: { oldest: String(followed.oldest) } };
      yield* toItems(listNow());
    } else if (followed.event.workspace === workspace && followed.event.type.startsWith(`${noun}.`)) {
      const data = find(followed.event.subject);
      if (data) yield { data, id: String(followed.id) };
    }
  }
}

function* toItems<Thing>(things: Iterable<Thing>): Generator<StreamItem<Thing>> {
  for (const data of things) yield { data };
}
