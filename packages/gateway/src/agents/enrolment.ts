import { BonafideError } from '@bonafide/core/errors';
import type { Token } from '@bonafide/core/models';
import type { Context } from '../context.ts';
import { findBearer, whyRefused } from '../tokens/bearer.ts';
import { hashSecret } from '../tokens/secrets.ts';
import { CHAIN_WORKSPACE, DEFAULT_WORKSPACE } from '../workspaces/names.ts';

/** The workspace that a key may register in: that of its token, else the default one from this machine. */
export function enrolmentWorkspace(context: Context, enrolmentToken: string | undefined): string {
  const { principal, services } = context;
  if (enrolmentToken !== undefined) return workspaceOfToken(context, enrolmentToken);
  // A registered agent may say its name again wherever it is.
  if (principal.kind === 'agent') return principal.agent.workspace;
  if (services.enrolment === 'open' && principal.kind === 'key' && principal.isLocal)
    return DEFAULT_WORKSPACE;
  throw new BonafideError(
    'FORBIDDEN',
    'Registering here needs an enrolment token. Ask an owner of the workspace.',
  );
}

function workspaceOfToken({ read, now }: Context, secret: string): string {
  const bearer = findBearer(read, hashSecret(secret));
  const mayEnrol =
    bearer &&
    [bearer.token.role, bearer.member?.role ?? bearer.token.role].every(isEnroller) &&
    bearer.token.workspace !== CHAIN_WORKSPACE &&
    whyRefused(bearer, now()) === undefined;
  if (mayEnrol) return bearer.token.workspace;
  throw new BonafideError(
    'FORBIDDEN',
    'The enrolment token is unknown, revoked, expired, or not one for enrolment.',
  );
}

function isEnroller(role: Token['role']): boolean {
  return role === 'owner' || role === 'enrolment';
}
