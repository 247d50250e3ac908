import { BonafideError } from '@bonafide/core/errors';
import type { Context } from '../context.ts';
import { hashSecret, isUsable } from '../tokens/tokens.ts';
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
  const token = read.tokens.findByHash(hashSecret(secret));
  const mayEnrol =
    token && token.role !== 'reader' && token.workspace !== CHAIN_WORKSPACE && isUsable(token, now());
  if (mayEnrol) return token.workspace;
  throw new BonafideError(
    'FORBIDDEN',
    'The enrolment token is unknown, revoked, expired, or not one for enrolment.',
  );
}
