import { AuthenticationError, BonafideError } from '@bonafide/core/errors';
import type { Token } from '@bonafide/core/models';
import type { Access, Scope } from '@bonafide/core/operations';
import type { Principal } from '../context.ts';

type Grants = (scope: Scope) => boolean;

const isRead: Grants = (scope) => scope.endsWith('.read');

const tokenGrants: Record<Token['role'], Grants> = {
  owner: () => true,
  approver: isRead,
  auditor: isRead,
  member: isRead,
  reader: isRead,
  enrolment: () => false,
};

/** Of what is managed an agent manages only itself, which the domain checks; people keep tokens and approvals. */
const agentGrants: Grants = (scope) => {
  if (scope.startsWith('workspace:tokens.')) return false;
  return isRead(scope) || scope.endsWith('.write') || scope === 'workspace:agents.manage';
};

/** Refuses unless the principal has the scope; everything not granted here is denied. */
export function authorize(principal: Principal, access: Access): void {
  if (access === 'public') return;
  if (access === 'enrolment') {
    if (principal.kind === 'key' || principal.kind === 'agent') return;
    throw new AuthenticationError('Sign this request with the key that is to be registered.');
  }
  const isGranted =
    (principal.kind === 'agent' && agentGrants(access)) ||
    (principal.kind === 'token' && tokenGrants[principal.token.role](access));
  if (!isGranted)
    throw new BonafideError('FORBIDDEN', `This needs the scope ${access}.`, { details: { scope: access } });
}
