import { BonafideError } from '@bonafide/core/errors';
import type { TaskEvent, TaskStatus } from '@bonafide/core/models';

interface Transition {
  readonly from: readonly TaskStatus[];
  /** The first is usual; the others when no attempt is left, or none is wanted. */
  readonly to: readonly TaskStatus[];
  /** Only the holder of the lease causes it, and must name its attempt. */
  readonly isFenced: boolean;
}

/** What may happen to a task, and all there is to it: what is not in this table is refused. */
export const transitions = {
  claim: { from: ['pending'], to: ['running'], isFenced: false },
  extendLease: { from: ['running'], to: ['running'], isFenced: true },
  reportProgress: { from: ['running'], to: ['running'], isFenced: true },
  complete: { from: ['running'], to: ['completed'], isFenced: true },
  fail: { from: ['running'], to: ['pending', 'failed', 'dead'], isFenced: true },
  /** The worker keeps its lease no longer, because what it waits for is not there. */
  suspend: { from: ['running'], to: ['paused'], isFenced: true },
  /** The lease ended without a report. */
  expire: { from: ['running'], to: ['pending', 'dead'], isFenced: false },
  pause: { from: ['pending', 'running'], to: ['paused'], isFenced: false },
  resume: { from: ['paused'], to: ['pending'], isFenced: false },
  cancel: { from: ['pending', 'running', 'paused'], to: ['cancelled'], isFenced: false },
  retry: { from: ['failed', 'cancelled', 'dead'], to: ['pending'], isFenced: false },
} as const satisfies Readonly<Record<string, Transition>>;

export type TransitionName = keyof typeof transitions;

/** The last states: nothing but a retry leaves them. */
export const finalStatuses: readonly TaskStatus[] = ['completed', 'failed', 'cancelled', 'dead'];

/** Refuses with CONFLICT what the table does not have. */
export function assertTransition(
  name: TransitionName,
  { taskId, status }: { readonly taskId: string; readonly status: TaskStatus },
  to: TaskStatus = transitions[name].to[0],
): void {
  const transition: Transition = transitions[name];
  if (transition.from.includes(status) && transition.to.includes(to)) return;
  throw new BonafideError('CONFLICT', `Task ${taskId} is ${status}: ${name} does not go with that.`, {
    details: { status },
  });
}

/** What is told of it. */
export function changeOf(name: TransitionName, to: TaskStatus): TaskEvent['change'] {
  const changes = {
    claim: 'claimed',
    extendLease: 'progress',
    reportProgress: 'progress',
    complete: 'completed',
    suspend: 'paused',
    pause: 'paused',
    resume: 'resumed',
    cancel: 'cancelled',
    retry: 'requeued',
  } as const;
  if (name === 'fail' || name === 'expire') return to === 'failed' || to === 'dead' ? to : 'requeued';
  return changes[name];
}
