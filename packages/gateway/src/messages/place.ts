import { BonafideError } from '@bonafide/core/errors';
import type { Principal } from '../context.ts';
import type { Place } from '../sessions/place.ts';
import type { Session } from '../sessions/session.ts';
import type { Reads } from '../stores/store.ts';

/** The holder of a session as a participant. */
export function placeOfSession(session: Session, now: () => number): Place {
  const { workspace, address, name, actor, sessionId, principal } = session;
  return {
    workspace,
    home: homeOf(principal),
    address,
    name,
    actor,
    sessionId,
    role: roleOf(principal),
    now,
  };
}

/** CONFLICT once another session has the address: whatever this one still says is stale. */
export function assertCurrent(tables: Reads, { workspace, name, epoch }: Session): void {
  const current = tables.claims.get(workspace, name)?.epoch;
  if (current === epoch) return;
  throw new BonafideError('CONFLICT', `Another session has the address ${name} now.`, {
    details: { epoch, current },
  });
}

function homeOf(principal: Principal): string {
  switch (principal.kind) {
    case 'agent':
      return principal.agent.workspace;
    case 'token':
      return principal.token.workspace;
    default:
      throw new BonafideError('FORBIDDEN', 'Only a registered agent or the holder of a token takes part.');
  }
}

function roleOf(principal: Principal): Place['role'] {
  if (principal.kind !== 'token') return undefined;
  const { token, member } = principal;
  return token.role === 'owner' ? member?.role : token.role;
}
