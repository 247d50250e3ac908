import { ValidationError } from '@bonafide/core/errors';
import { type Address, formatAddress, isPrincipalAddress, parseAddress } from '@bonafide/core/models';
import type { Place } from '../sessions/place.ts';
import type { Reads } from '../stores/store.ts';
import type { StoredTask } from '../stores/tasks.ts';

/** Where the tasks of a pool wait. */
export function poolQueue(workspace: string, implementation: string): string {
  return formatAddress({ type: 'pool', workspace, implementation });
}

/** Where tasks wait that any worker may take; no address looks like this. */
export function typeQueue(taskType: string): string {
  return `type/${taskType}`;
}

/** Told when something can be claimed from a queue. */
export function queueTopic(workspace: string, queue: string): string {
  return `tasks/${workspace}/${queue}`;
}

/** The pool that a participant belongs to by its address. */
export function implementationOf(address: Address): string | undefined {
  return 'implementation' in address ? address.implementation : undefined;
}

interface Wanted {
  readonly mode: StoredTask['mode'];
  readonly taskType: string;
  readonly target?: string | undefined;
  readonly implementation?: string | undefined;
}

/** Where a new task waits, and what it shows as its target; VALIDATION_FAILED when mode and target do not go together. */
export function placeTask(
  creator: Pick<Place, 'workspace' | 'name'>,
  { mode, taskType, target, implementation }: Wanted,
): Pick<StoredTask, 'queue' | 'target'> {
  if (mode !== 'pool' && implementation !== undefined) {
    throw invalid('implementation', 'goes with mode pool only');
  }
  switch (mode) {
    case 'self':
      if (target !== undefined) throw invalid('target', 'is the caller itself with mode self');
      return { queue: creator.name, target: creator.name };
    case 'targeted': {
      const address = formatAddress(principalIn(target));
      return { queue: address, target: address };
    }
    case 'pool': {
      const pool = poolOf(creator.workspace, { target, implementation });
      return pool === undefined ? { queue: typeQueue(taskType) } : { queue: pool, target: pool };
    }
  }
}

function principalIn(target: string | undefined): Address {
  if (target === undefined) throw invalid('target', 'is needed with mode targeted');
  const address = parseAddress(target);
  if (isPrincipalAddress(address)) return address;
  throw invalid('target', 'must be the address of one principal');
}

function poolOf(
  workspace: string,
  { target, implementation }: Pick<Wanted, 'target' | 'implementation'>,
): string | undefined {
  if (target === undefined) {
    return implementation === undefined ? undefined : poolQueue(workspace, implementation);
  }
  const address = parseAddress(target);
  if (address.type !== 'pool')
    throw invalid('target', 'must be a pool, such as tb::workspace::implementation');
  if (implementation !== undefined && implementation !== address.implementation) {
    throw invalid('implementation', 'is not that of the target');
  }
  return formatAddress(address);
}

/** The queues a worker takes tasks from: its own, its pool's, and those of the types that it names. */
export function queuesOf(
  tables: Pick<Reads, 'implementations'>,
  worker: {
    readonly place: Place;
    readonly implementation: string | undefined;
    readonly taskTypes: readonly string[];
  },
): readonly string[] {
  const { place, implementation, taskTypes } = worker;
  if (implementation === undefined) return [place.name, ...taskTypes.map(typeQueue)];
  const registered = tables.implementations.get(place.workspace, implementation)?.taskTypes ?? [];
  const types = taskTypes.length > 0 ? taskTypes : registered;
  return [place.name, poolQueue(place.workspace, implementation), ...new Set(types.map(typeQueue))];
}

function invalid(path: string, message: string): ValidationError {
  return new ValidationError(`${path} ${message}.`, { issues: [{ path, message }] });
}
