import { BonafideError } from '@bonafide/core/errors';
import { type AccessLevel, accessLevels } from '@bonafide/core/models';
import { assertLevel } from '../acl/access.ts';
import type { Context, Principal } from '../context.ts';
import type { JsonObject } from '../json.ts';
import { type Place, placeOf } from '../sessions/place.ts';
import type { Reads } from '../stores/store.ts';
import type { StoredTask, TaskQuery } from '../stores/tasks.ts';
import { implementationOf, poolQueue } from './queues.ts';

/** Who looks at tasks, and from where. */
export interface Viewer {
  readonly place: Place;
  readonly principal: Principal;
}

/** What says whom a task concerns. */
type Concern = Pick<StoredTask, 'createdBy' | 'createdByActor' | 'assignedTo' | 'mode' | 'target'>;

export function viewerOf(context: Context): Viewer {
  return { place: placeOf(context), principal: context.principal };
}

/** Who looks at the tasks of where it works; FORBIDDEN for a guest whom no rule lets see them. */
export function viewerHere(context: Context): Viewer {
  return { ...viewerOf(context), place: placeForTasks(context, accessLevels.read) };
}

/** The caller as a participant; FORBIDDEN for a guest to whom no rule gives this level on tasks. */
export function placeForTasks(context: Context, level: AccessLevel): Place {
  const place = placeOf(context);
  const { workspace, home } = place;
  // At home the scopes of the credential decide.
  if (workspace !== home)
    assertLevel(context.read, place, { resource: { workspace, type: 'task', id: '*' }, level });
  return place;
}

/** The task, if the viewer may know of it; NOT_FOUND as if there were none when not. */
export function viewTask(
  tables: Reads,
  { viewer, taskId }: { readonly viewer: Viewer; readonly taskId: string },
): StoredTask {
  const task = tables.tasks.get({ workspace: viewer.place.workspace, id: taskId });
  if (task && maySee(viewer, task)) return task;
  throw new BonafideError('NOT_FOUND', `There is no task ${taskId}.`);
}

/** People and their machines see all; agents and instances what they created, work on, are meant for or could claim. */
export function maySee(viewer: Viewer, task: Concern): boolean {
  return seesAll(viewer) || isParty(viewer.place, task);
}

/** Whether an event about a task may be told. */
export function mayHearOf(viewer: Viewer, data: JsonObject): boolean {
  // Written by `snapshotOf`.
  return maySee(viewer, data as unknown as Concern);
}

/** What a list is narrowed to. */
export function partyOf(viewer: Viewer): TaskQuery['party'] {
  const { name, actor } = viewer.place;
  return seesAll(viewer) ? undefined : { name, actor };
}

function seesAll({ principal }: Viewer): boolean {
  return principal.kind === 'token' && principal.token.role !== 'task';
}

function isParty({ name, actor, address, workspace }: Place, task: Concern): boolean {
  if ([task.createdBy, task.assignedTo, task.target].includes(name) || task.createdByActor === actor)
    return true;
  if (task.mode !== 'pool') return false;
  const implementation = implementationOf(address);
  const own = implementation === undefined ? undefined : poolQueue(workspace, implementation);
  return task.target === undefined || task.target === own;
}
