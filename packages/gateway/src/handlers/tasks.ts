import { accessLevels, canonicalAddress, type Task } from '@bonafide/core/models';
import type { Context } from '../context.ts';
import type { Transaction } from '../ledger.ts';
import { readPage } from '../paging.ts';
import { placeOf } from '../sessions/place.ts';
import type { StoredTask } from '../stores/tasks.ts';
import { claimTasks } from '../tasks/claim.ts';
import { createTask } from '../tasks/create.ts';
import { cancelTask, pauseTask, resumeTask, retryTask } from '../tasks/manage.ts';
import { presentBriefly, presentState, presentTask } from '../tasks/present.ts';
import { partyOf, placeForTasks, viewerHere, viewTask } from '../tasks/visible.ts';
import { watchTasks } from '../tasks/watch.ts';
import { completeTask, extendLease, failTask, reportProgress } from '../tasks/work.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const taskHandlers: HandlersOf<IdsOf<'tasks'>> = {
  'tasks.create': async (context, input) => {
    const creator = placeForTasks(context, accessLevels.readwrite);
    return commit(context, (tx) => createTask(tx, creator, input));
  },
  'tasks.get': async (context, { taskId }) =>
    presentTask(viewTask(context.read, { viewer: viewerHere(context), taskId })),
  'tasks.list': async (context, { createdBy, assignedTo, ...input }) => {
    const viewer = viewerHere(context);
    const query = {
      ...{ workspace: viewer.place.workspace, status: input.status, taskType: input.taskType },
      ...{ createdBy: canonical(createdBy), assignedTo: canonical(assignedTo), party: partyOf(viewer) },
    };
    const { items, ...rest } = readPage({
      input,
      read: ({ beyond, limit }) => context.read.tasks.list(query, { before: beyond, limit }),
      keyOf: ({ taskId }) => taskId,
    });
    return { items: items.map(presentBriefly), ...rest };
  },
  'tasks.claim': claimTasks,
  'tasks.extendLease': async (context, input) =>
    commit(context, (tx) => extendLease(tx, { ...input, worker: placeOf(context) })),
  'tasks.reportProgress': async (context, input) =>
    commit(context, (tx) => reportProgress(tx, { ...input, worker: placeOf(context) })),
  'tasks.complete': async (context, input) =>
    commit(context, (tx) => completeTask(tx, { ...input, worker: placeOf(context) })),
  'tasks.fail': async (context, input) => {
    const failure = { ...input, worker: placeOf(context), random: Math.random() };
    return commit(context, (tx) => failTask(tx, failure));
  },
  'tasks.cancel': async (context, input) =>
    commit(context, (tx) => cancelTask(tx, { ...input, viewer: viewerHere(context) })),
  'tasks.retry': async (context, input) =>
    commit(context, (tx) => retryTask(tx, { ...input, viewer: viewerHere(context) })),
  'tasks.pause': async (context, input) =>
    commit(context, (tx) => pauseTask(tx, { ...input, viewer: viewerHere(context) })),
  'tasks.resume': async (context, input) =>
    commit(context, (tx) => resumeTask(tx, { ...input, viewer: viewerHere(context) })),
  'tasks.watch': watchTasks,
};

/** In the workspace where the caller works now, which its session may have changed. */
function commit(context: Context, work: (tx: Transaction) => StoredTask): Promise<Task> {
  const { workspace, actor } = placeOf(context);
  return context.commit((tx) => presentState(work(tx)), { workspace, actor });
}

function canonical(address: string | undefined): string | undefined {
  return address === undefined ? undefined : canonicalAddress(address);
}
