import type { Task } from '@bonafide/core/models';
import type { StoredTask } from '../stores/tasks.ts';

/** All of a task that the wire has. */
export function presentTask(task: StoredTask): Task {
  const { queue: _, createdByActor: _actor, attemptsBefore: _before, ...rest } = task;
  const { initialBackoffMs: _initial, maxBackoffMs: _max, launchParameters: _parameters, ...more } = rest;
  const { notify: _notify, sessionId: _session, gatewayId: _gateway, ...shown } = more;
  return shown;
}

/** Without what its creator sent: it may be large, and is read with tasks.get and tasks.claim alone. */
export function presentState(task: StoredTask): Task {
  const { payload: _, ...shown } = presentTask(task);
  return shown;
}

/** As in lists, of which every entry could be large. */
export function presentBriefly(task: StoredTask): Task {
  const { result: _, ...shown } = presentState(task);
  return shown;
}
