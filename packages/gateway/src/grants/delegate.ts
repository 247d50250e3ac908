import { BonafideError, ValidationError } from '@bonafide/core/errors';
import {
  canonicalAddress,
  isPrincipalAddress,
  parseAddress,
  workspaceOfAddress,
} from '@bonafide/core/models';
import type { Place } from '../sessions/place.ts';
import type { Reader } from '../stores/store.ts';

const AGENT = 'agent:';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Who may act, as it is compared: `agent:<id>`, or the canonical form of an address. */
export function canonicalDelegate(delegate: string): string {
  const agentId = delegate.startsWith(AGENT) ? delegate.slice(AGENT.length) : delegate;
  return UUID.test(agentId) ? AGENT + agentId : canonicalAddress(delegate);
}

/** The same of somebody who can act in the reader's workspace: one of its agents, tasks or services. */
export function requireDelegate({ tables, workspace }: Reader, delegate: string): string {
  const canonical = canonicalDelegate(delegate);
  if (canonical.startsWith(AGENT)) {
    const agent = tables.agents.get({ workspace, id: canonical.slice(AGENT.length) });
    if (agent?.status === 'active') return canonical;
    throw new BonafideError('NOT_FOUND', 'There is no such agent in this workspace.');
  }
  const address = parseAddress(canonical);
  const isHere = (workspaceOfAddress(address) ?? workspace) === workspace;
  if (isPrincipalAddress(address) && address.type !== 'user' && isHere) return canonical;
  throw new ValidationError('Only an agent, a task or a service of this workspace acts for a user.', {
    issues: [{ path: 'delegate', message: 'must be the id of an agent, or an address of this workspace' }],
  });
}

/** All by which the caller may be the delegate of a grant. */
export function delegatesOf({ name, actor }: Pick<Place, 'name' | 'actor'>): readonly string[] {
  return [name, actor];
}
