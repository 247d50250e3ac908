import type { Task } from '@bonafide/core/models';
import type { StoredTask } from '../stores/tasks.ts';

/** The task as the wire has it. */
export function presentTask(task: StoredTask): Task {
  const { queue: _, createdByActor: _actor, attemptsBefore: _before, ...rest } = task;
  const { initialBackoffMs: _initial, maxBackoffMs: _max, launchParameters: _parameters, ...more } = rest;
  const { notify: _notify, sessionId: _session, gatewayId: _gateway, ...shown } = more;
  return shown;
}
