import { randomBytes } from 'node:crypto';
import { BonafideError } from '@bonafide/core/errors';
import {
  accessLevels,
  formatAddress,
  isPrincipalAddress,
  type PrincipalAddress,
  parseAddress,
  type Token,
} from '@bonafide/core/models';
import type { Hello, SessionPrincipal } from '@bonafide/core/protocol';
import { assertLevel } from '../acl/access.ts';
import { actorOf, type Principal } from '../context.ts';
import type { Reads } from '../stores/store.ts';
import { type Place, roleOf } from './place.ts';
import { findResumed } from './presence.ts';

/** Where a session is to be, and as whom. */
export interface Seat {
  readonly workspace: string;
  readonly address: PrincipalAddress;
  /** The canonical form of `address`. */
  readonly name: string;
  /** The gateway chose a part of it. */
  readonly isGenerated: boolean;
}

export type KnownPrincipal = Extract<Principal, { kind: 'agent' | 'token' }>;

/** Types that need nobody's leave: who may be in the workspace may be there as one of them. */
const free: ReadonlySet<PrincipalAddress['type']> = new Set(['agent', 'task', 'pooled-task', 'user']);

/** The address that a credential gets for its hello; FORBIDDEN for one that is not for it. */
export function resolveSeat(
  tables: Reads,
  { principal, hello }: { readonly principal: KnownPrincipal; readonly hello: Hello },
): Seat {
  const home = homeOf(principal);
  const workspace = hello.workspace ?? home;
  const token = principal.kind === 'token' ? principal.token : undefined;
  const bound = token?.role === 'task' ? boundAddress(token) : undefined;
  const seat = bound
    ? seatOf(workspace, matching(bound, hello.principal))
    : chosenSeat(tables, { principal, hello, workspace });
  assertSeat(tables, { principal, seat });
  return seat;
}

/** FORBIDDEN when acl rules do not, or no longer, let the credential be there. */
export function assertSeat(
  tables: Reads,
  { principal, seat }: { readonly principal: KnownPrincipal; readonly seat: Omit<Seat, 'isGenerated'> },
): void {
  const home = homeOf(principal);
  const { workspace, address, name } = seat;
  const credential = { home, actor: actorOf(principal), role: roleOf(principal) };
  const place: Place = { workspace: home, address, name, ...credential };
  if (workspace !== home) {
    if (!tables.workspaces.get(workspace)) throw notThere(workspace);
    const resource = { workspace, type: 'workspace', id: workspace } as const;
    assertLevel(tables, place, { resource, level: accessLevels.read });
  }
  assertNotReserved(principal, address);
  // A task token was made by the gateway itself, for this address.
  if (free.has(address.type) || place.role === 'task') return;
  const resource = { workspace, type: 'principal', id: address.type } as const;
  assertLevel(tables, place, { resource, level: accessLevels.manage });
}

/** The same participant in another workspace; FORBIDDEN where it may not be. */
export function movedSeat(
  tables: Reads,
  { principal, address, workspace }: Pick<Seat, 'address' | 'workspace'> & { principal: KnownPrincipal },
): Omit<Seat, 'isGenerated'> {
  if (principal.kind === 'token' && principal.token.role === 'task') {
    throw new BonafideError('FORBIDDEN', `This token is for ${formatAddress(address)} only.`);
  }
  const moved = 'workspace' in address ? { ...address, workspace } : address;
  const seat = { workspace, address: moved, name: formatAddress(moved) };
  if ('implementation' in moved) {
    assertNotOfAnother(tables, { principal, implementation: moved.implementation, workspace });
  }
  assertSeat(tables, { principal, seat });
  return seat;
}

export function homeOf(principal: KnownPrincipal): string {
  return principal.kind === 'agent' ? principal.agent.workspace : principal.token.workspace;
}

function chosenSeat(
  tables: Reads,
  { principal, hello, workspace }: { principal: KnownPrincipal; hello: Hello; workspace: string },
): Seat {
  const { type } = hello.principal;
  if (type === 'user') return userSeat(tables, { principal, hello, workspace });
  const implementation = implementationOf(principal, hello.principal);
  assertNotOfAnother(tables, { principal, implementation, workspace });
  if (type === 'pooled-task') return pooledSeat(tables, { hello, workspace, implementation });
  const specifier = hello.principal.specifier ?? 'default';
  if (type === 'service' || type === 'bridge') return seatOf(workspace, { type, implementation, specifier });
  return seatOf(workspace, { type, workspace, implementation, specifier });
}

function implementationOf(principal: KnownPrincipal, { implementation }: SessionPrincipal): string {
  if (implementation !== undefined) return implementation;
  if (principal.kind === 'agent') return principal.agent.name;
  throw new BonafideError(
    'VALIDATION_FAILED',
    'principal.implementation: say what connects with this token.',
  );
}

/** Nobody poses as an agent that is registered under this name. */
function assertNotOfAnother(
  { agents }: Reads,
  {
    principal,
    implementation,
    workspace,
  }: {
    principal: KnownPrincipal;
    implementation: string;
    workspace: string;
  },
): void {
  const named = agents.getByName(workspace, implementation);
  const own = principal.kind === 'agent' ? principal.agent.agentId : undefined;
  if (named === undefined || named.status === 'revoked' || named.agentId === own) return;
  throw new BonafideError('FORBIDDEN', `${implementation} is the name of a registered agent.`);
}

/** Nobody poses as the gateway, as one of its rules, or as a machine that calls without a session. */
function assertNotReserved(principal: KnownPrincipal, address: PrincipalAddress): void {
  const isOfGateway =
    (address.type === 'service' && address.implementation === 'bonafide') ||
    (address.type === 'workflow-engine' && address.implementation === 'rules');
  const isOfMachine = address.type === 'service' && address.implementation === 'token';
  const isOwn = isOfMachine && principal.kind === 'token' && principal.token.tokenId === address.specifier;
  if (!isOfGateway && (!isOfMachine || isOwn)) return;
  throw new BonafideError('FORBIDDEN', `${formatAddress(address)} is reserved.`);
}

/** The gateway gives the id; only who shows the token of its last session has it again. */
function pooledSeat(
  tables: Reads,
  { hello, workspace, implementation }: { hello: Hello; workspace: string; implementation: string },
): Seat {
  const before = resumedPart(tables, { hello, workspace, type: 'pooled-task' });
  const { specifier } = hello.principal;
  if (specifier !== undefined && specifier !== before) {
    throw new BonafideError(
      'VALIDATION_FAILED',
      'principal.specifier: the gateway gives it to a pooled task.',
    );
  }
  const given = before ?? randomPart();
  const seat = seatOf(workspace, { type: 'pooled-task', workspace, implementation, specifier: given });
  return { ...seat, isGenerated: true };
}

function userSeat(
  tables: Reads,
  { principal, hello, workspace }: { principal: KnownPrincipal; hello: Hello; workspace: string },
): Seat {
  const user = principal.kind === 'token' ? principal.member?.memberId : undefined;
  if (user === undefined)
    throw new BonafideError('FORBIDDEN', 'Only a person connects as a user, with its token.');
  const { implementation, window } = hello.principal;
  if (implementation !== undefined && implementation !== user) {
    throw new BonafideError('FORBIDDEN', 'This token is not of that user.');
  }
  const given = window ?? hello.principal.specifier;
  const known = given ?? resumedPart(tables, { hello, workspace, type: 'user' });
  const seat = seatOf(workspace, { type: 'user', user, window: known ?? randomPart() });
  return { ...seat, isGenerated: given === undefined };
}

/** The part of the address that the gateway made when the session to resume was opened. */
function resumedPart(
  tables: Reads,
  { hello, workspace, type }: { hello: Hello; workspace: string; type: 'pooled-task' | 'user' },
): string | undefined {
  const claim = findResumed(tables, { workspace, resumeToken: hello.resumeToken });
  const address = claim && parseAddress(claim.address);
  if (address?.type === 'pooled-task' && type === 'pooled-task') return address.specifier;
  return address?.type === 'user' && type === 'user' ? address.window : undefined;
}

/** A task token is for one address and no other. */
function boundAddress({ address }: Token): PrincipalAddress {
  const parsed = address === undefined ? undefined : parseAddress(address);
  if (parsed && isPrincipalAddress(parsed)) return parsed;
  throw new BonafideError('FORBIDDEN', 'This token is for no address.');
}

function matching(bound: PrincipalAddress, wanted: SessionPrincipal): PrincipalAddress {
  const isSame = Object.entries(wanted).every(
    ([field, value]) => value === undefined || Reflect.get(bound, field) === value,
  );
  if (isSame) return bound;
  throw new BonafideError('FORBIDDEN', `This token is for ${formatAddress(bound)} only.`);
}

function seatOf(workspace: string, address: PrincipalAddress): Seat {
  if ('workspace' in address && address.workspace !== workspace) {
    throw new BonafideError('FORBIDDEN', `This token is for workspace ${address.workspace} only.`);
  }
  return { workspace, address, name: formatAddress(address), isGenerated: false };
}

function randomPart(): string {
  return randomBytes(9).toString('hex');
}

// The same for one that is not there and one that may not be seen.
function notThere(workspace: string): BonafideError {
  return new BonafideError('FORBIDDEN', `This credential may not work in workspace ${workspace}.`);
}
