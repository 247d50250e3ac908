import type { TaskEvent } from '@bonafide/core/models';
import type { Context } from '../context.ts';
import { followEvents } from '../events/follow.ts';
import type { StreamItem } from '../handlers/types.ts';
import { everyItem } from '../paging.ts';
import type { StoredTask } from '../stores/tasks.ts';
import { taskAsOf } from './change.ts';
import { presentState } from './present.ts';
import { finalStatuses } from './transitions.ts';
import { mayHearOf, partyOf, type Viewer, viewerHere, viewTask } from './visible.ts';

const PREFIX = 'task.';

/** What there is now, each as its last change, then every change, resumable by the cursor of the event stream. */
export function watchTasks(
  context: Context,
  { taskId }: { readonly taskId?: string | undefined },
): AsyncIterable<StreamItem<TaskEvent>> {
  const viewer = viewerHere(context);
  if (taskId !== undefined) viewTask(context.read, { viewer, taskId });
  return follow(context, { viewer, taskId });
}

async function* follow(
  context: Context,
  { viewer, taskId }: { readonly viewer: Viewer; readonly taskId: string | undefined },
): AsyncGenerator<StreamItem<TaskEvent>> {
  const { read, cursor } = context;
  const { workspace } = viewer.place;
  const snapshot = () => listNow(context, { viewer, taskId });
  // The cursor is taken before the snapshot is read: a change in between comes twice rather than never.
  const start = cursor ?? String(read.events.getBounds().newest);
  if (cursor === undefined) yield* snapshot();
  for await (const followed of followEvents({ ...context, signal: context.signal, workspace }, start)) {
    if (followed.kind === 'reset') {
      yield { reset: { oldest: String(followed.oldest) } };
      yield* snapshot();
      continue;
    }
    const { type, subject, data, time, workspace: where } = followed.event;
    if (where !== workspace || !type.startsWith(PREFIX)) continue;
    if ((taskId !== undefined && subject !== taskId) || !mayHearOf(viewer, data)) continue;
    const task = read.tasks.get({ workspace, id: subject });
    if (!task) continue;
    const change = type.slice(PREFIX.length) as TaskEvent['change'];
    yield { data: { change, at: time, task: presentState(taskAsOf(task, data)) }, id: String(followed.id) };
  }
}

/** One task, whatever became of it, or all that are not over. */
function* listNow(
  { read }: Context,
  { viewer, taskId }: { readonly viewer: Viewer; readonly taskId: string | undefined },
): Generator<StreamItem<TaskEvent>> {
  if (taskId !== undefined) {
    yield toItem(viewTask(read, { viewer, taskId }));
    return;
  }
  const query = { workspace: viewer.place.workspace, party: partyOf(viewer) };
  const all = everyItem({
    read: ({ beyond, limit }) => read.tasks.list(query, { before: beyond, limit }),
    keyOf: (task) => task.taskId,
  });
  for (const task of all) if (!finalStatuses.includes(task.status)) yield toItem(task);
}

function toItem(task: StoredTask): StreamItem<TaskEvent> {
  return { data: { change: lastChange(task), at: task.updatedAt, task: presentState(task) } };
}

function lastChange({ status, progress, attempt }: StoredTask): TaskEvent['change'] {
  switch (status) {
    case 'pending':
      return attempt === 0 ? 'created' : 'requeued';
    case 'running':
      return progress === undefined ? 'claimed' : 'progress';
    default:
      return status;
  }
}
