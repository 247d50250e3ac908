import { BonafideError } from '@bonafide/core/errors';
import {
  type AccessLevel,
  formatAddress,
  isPrincipalAddress,
  type PrincipalAddress,
  parseAddress,
  type Token,
} from '@bonafide/core/models';
import { actorOf, type Context, type Principal } from '../context.ts';

/** Who takes part, and where: what coordination knows of a caller. */
export interface Place {
  /** Where it works now. */
  readonly workspace: string;
  /** Of its credential: a session may have moved elsewhere, where it is a guest. */
  readonly home: string;
  readonly address: PrincipalAddress;
  /** The canonical form of `address`. */
  readonly name: string;
  /** As in audit entries. */
  readonly actor: string;
  readonly sessionId?: string | undefined;
  /** Of the token; absent for agents. */
  readonly role?: Token['role'] | undefined;
  /** The most it may have, whatever its rules say: that of the grant by which it acts for somebody. */
  readonly maxLevel?: AccessLevel | undefined;
  /** Milliseconds since 1970; by default the clock of this machine. */
  readonly now?: (() => number) | undefined;
}

/** The caller as a participant: its session's address, else the one that its credential has by default. */
export function placeOf(context: Context): Place {
  const { session, workspace, principal, services } = context;
  const credential = { home: workspace, role: roleOf(principal), now: services.now };
  if (session) {
    const { address, name, actor, sessionId } = session;
    return { workspace: session.workspace, address, name, actor, sessionId, ...credential };
  }
  const address = defaultAddress(context);
  const name = formatAddress(address);
  return { workspace, address, name, actor: actorOf(principal), ...credential };
}

/** A token that is stored as an owner's has just the role of its person. */
export function roleOf(principal: Principal): Token['role'] | undefined {
  if (principal.kind !== 'token') return undefined;
  const { token, member } = principal;
  return token.role === 'owner' ? member?.role : token.role;
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
