import { BonafideError } from '@bonafide/core/errors';
import {
  formatAddress,
  isPrincipalAddress,
  type PrincipalAddress,
  parseAddress,
} from '@bonafide/core/models';
import { actorOf, type Context } from '../context.ts';

/** Who takes part, and where: what coordination knows of a caller. */
export interface Place {
  readonly workspace: string;
  readonly address: PrincipalAddress;
  /** The canonical form of `address`. */
  readonly name: string;
  /** As in audit entries. */
  readonly actor: string;
  readonly sessionId?: string | undefined;
}

/** The caller as a participant: its session's address, else the one that its credential has by default. */
export function placeOf(context: Context): Place {
  const { session, workspace } = context;
  if (session) {
    const { address, name, actor, sessionId } = session;
    return { workspace: session.workspace, address, name, actor, sessionId };
  }
  const address = defaultAddress(context);
  return { workspace, address, name: formatAddress(address), actor: actorOf(context.principal) };
}

/** An agent is `ag::<workspace>::<its name>::default`, a person `us::<member id>::http`, a machine `sv::token::<token id>`. */
function defaultAddress({ principal, workspace }: Context): PrincipalAddress {
  switch (principal.kind) {
    case 'agent':
      return { type: 'agent', workspace, implementation: principal.agent.name, specifier: 'default' };
    case 'token':
      return addressOfToken(principal.token);
    default:
      throw new BonafideError('FORBIDDEN', 'Only a registered agent or the holder of a token takes part.');
  }
}

function addressOfToken(token: {
  readonly tokenId: string;
  readonly memberId?: string | undefined;
  readonly address?: string | undefined;
}): PrincipalAddress {
  if (token.address !== undefined) {
    const address = parseAddress(token.address);
    if (isPrincipalAddress(address)) return address;
  }
  if (token.memberId !== undefined) return { type: 'user', user: token.memberId, window: 'http' };
  return { type: 'service', implementation: 'token', specifier: token.tokenId };
}
