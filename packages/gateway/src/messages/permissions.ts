import { BonafideError } from '@bonafide/core/errors';
import type { Address, MessageKind, PrincipalType } from '@bonafide/core/models';

type TargetType = Address['type'];

const instances = ['agent', 'task', 'pooled-task', 'pool'] as const satisfies readonly TargetType[];
const windows = ['user', 'user-workspace'] as const satisfies readonly TargetType[];
const everybody = ['all-agents', 'all-users'] as const satisfies readonly TargetType[];
const services = ['service', 'any-service', 'bridge'] as const satisfies readonly TargetType[];
/** Who may raise events may also answer the engine that acted on them, and so for measurements. */
const events = ['events', 'workflow-engine'] as const satisfies readonly TargetType[];
const metrics = ['metrics', 'metrics-bridge'] as const satisfies readonly TargetType[];

const all = [
  ...[...instances, ...windows, ...everybody, ...services, ...events, ...metrics],
  ...(['user-windows', 'progress', 'orchestrator'] as const),
] satisfies readonly TargetType[];
const workers = [
  ...[...instances, ...windows, ...everybody, ...services, ...events, ...metrics],
  'orchestrator',
] as const satisfies readonly TargetType[];

/** To what each type of principal may send, and all there is to it; the acl of the workspace is asked beside it. */
const matrix: Readonly<Record<PrincipalType, ReadonlySet<TargetType>>> = {
  agent: new Set(workers),
  task: new Set(workers),
  'pooled-task': new Set(workers),
  user: new Set<TargetType>([...instances, ...windows, ...everybody, ...services]),
  orchestrator: new Set<TargetType>(instances),
  'workflow-engine': new Set(all),
  'metrics-bridge': new Set<TargetType>(),
  service: new Set(all),
  bridge: new Set(all),
};

/** Whether the matrix lets a type of principal send to a type of address. */
export function maySend(sender: PrincipalType, target: TargetType): boolean {
  return matrix[sender].has(target);
}

/** FORBIDDEN unless the matrix lets a type of principal send to a type of address. */
export function assertMaySend(sender: PrincipalType, target: TargetType): void {
  if (maySend(sender, target)) return;
  throw new BonafideError('FORBIDDEN', `Principals of type ${sender} send nothing to ${target} addresses.`);
}

/** FORBIDDEN for what only the gateway says: an assignment has its reader start a program. */
export function assertOwnKind(kind: MessageKind): void {
  if (kind !== 'assignment') return;
  throw new BonafideError('FORBIDDEN', 'Assignments come from the gateway alone: create a task instead.');
}
