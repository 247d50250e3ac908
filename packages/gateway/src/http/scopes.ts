import { AuthenticationError, BonafideError } from '@bonafide/core/errors';
import type { Token } from '@bonafide/core/models';
import type { Access, Scope } from '@bonafide/core/operations';
import type { Principal } from '../context.ts';

/** What a caller is to the workspace: an agent, or what a token says. */
export type Role = Token['role'] | 'agent';

const everybody = ['owner', 'approver', 'auditor', 'member', 'reader', 'agent', 'task'] as const;
/** All who may look at what went wrong and who did what; of it an agent sees only its own, which the domain checks. */
const oversight = ['owner', 'approver', 'auditor', 'reader', 'agent'] as const;
const agents = ['owner', 'agent'] as const;
/** Whoever takes part in the work of a workspace; what of it each may see and change the acl and the domain decide. */
const workers = ['owner', 'approver', 'member', 'agent', 'task'] as const;
const approvers = ['owner', 'approver'] as const;
const owners = ['owner'] as const;

/**
 * Who may do what, and all there is to it: what is not in this table nobody may. An enrolment token is in none of it; it
 * goes with `agents.register` alone. Of what is managed an agent manages only itself, which the domain checks.
 */
const grants: Readonly<Record<string, readonly Role[]>> = {
  'agents.read': everybody,
  'agents.write': agents,
  'agents.manage': agents,
  'actions.read': everybody,
  'actions.write': agents,
  'approvals.read': everybody,
  'approvals.manage': approvers,
  'capabilities.read': everybody,
  'capabilities.write': agents,
  'capabilities.manage': approvers,
  'policies.read': everybody,
  'policies.manage': owners,
  'trust.read': everybody,
  'trust.manage': ['owner', 'approver', 'member'],
  'alerts.read': everybody,
  'alerts.manage': approvers,
  'mcpServers.read': everybody,
  'mcpServers.write': agents,
  'mcpServers.manage': approvers,
  'audit.read': oversight,
  'audit.manage': ['owner', 'auditor'],
  'compliance.read': oversight,
  'artifacts.read': everybody,
  'artifacts.write': agents,
  'jobs.read': everybody,
  // Only what a party of a job may leave with it; the domain checks that.
  'jobs.write': agents,
  'relay.read': everybody,
  'relay.write': agents,
  'events.read': everybody,
  'workspaces.read': everybody,
  'workspaces.manage': owners,
  'members.read': ['owner', 'approver', 'auditor', 'reader'],
  'members.manage': owners,
  'tokens.manage': owners,
  'webhooks.manage': owners,
  'sessions.write': workers,
  'messages.read': workers,
  'messages.write': workers,
  'queues.read': ['owner', 'approver', 'auditor', 'reader'],
  'queues.manage': owners,
  'kv.read': everybody,
  'kv.write': workers,
  'checkpoints.read': workers,
  'checkpoints.write': workers,
  'tasks.read': everybody,
  'tasks.write': workers,
  'implementations.read': everybody,
  'implementations.manage': owners,
  'launches.write': agents,
  'workflows.read': everybody,
  'workflows.manage': owners,
  'metrics.read': everybody,
  'metrics.write': workers,
  'services.write': workers,
  'acl.read': ['owner', 'approver', 'auditor'],
  'acl.manage': owners,
  'connections.read': ['owner', 'approver', 'auditor', 'reader'],
  'connections.manage': owners,
  'grants.read': everybody,
  'grants.write': ['owner', 'approver', 'member'],
};

/** Whether the table gives the role this scope. */
export function isGranted(role: Role, scope: Scope): boolean {
  return grants[scope.slice('workspace:'.length)]?.includes(role) ?? false;
}

/** Refuses unless the principal has the scope. */
export function authorize(principal: Principal, access: Access): void {
  if (access === 'public') return;
  if (access === 'enrolment') {
    if (principal.kind === 'key' || principal.kind === 'agent') return;
    throw new AuthenticationError('Sign this request with the key that is to be registered.');
  }
  if (holds(principal, access)) return;
  throw new BonafideError('FORBIDDEN', `This needs the scope ${access}.`, { details: { scope: access } });
}

/** Whether the principal has the scope. */
export function holds(principal: Principal, scope: Scope): boolean {
  const roles = rolesOf(principal);
  return roles.length > 0 && roles.every((role) => isGranted(role, scope));
}

/** All of them must allow it: a person's token does no more than the person may, whatever it was made for. */
function rolesOf(principal: Principal): readonly Role[] {
  if (principal.kind === 'agent') return ['agent'];
  if (principal.kind !== 'token') return [];
  const { token, member } = principal;
  return member ? [token.role, member.role] : [token.role];
}
