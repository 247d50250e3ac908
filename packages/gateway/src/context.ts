import { BonafideError } from '@bonafide/core/errors';
import type { AgentRecord } from '@bonafide/core/models';
import type { ActionPolicy } from './actions/decide.ts';
import type { Bus } from './bus/bus.ts';
import type { ChainServices } from './chain/services.ts';
import type { Ledger, Origin, Transaction } from './ledger.ts';
import type { Outbound } from './outbound/outbound.ts';
import type { SecretBox } from './secret-box.ts';
import type { Hub, Session } from './sessions/session.ts';
import type { Reader, Reads, Store } from './stores/store.ts';
import type { Line } from './tasks/line.ts';
import type { Bearer } from './tokens/bearer.ts';

/** Who calls: an agent by its key, a person or machine by a token, a key not yet registered, or nobody. */
export type Principal =
  | { readonly kind: 'agent'; readonly agent: AgentRecord }
  | ({ readonly kind: 'token' } & Bearer)
  | { readonly kind: 'key'; readonly did: string; readonly isLocal: boolean }
  | { readonly kind: 'anonymous' };

/** What lives as long as the gateway. */
export interface Services {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly bus: Bus;
  /** The gateway's own did:key. */
  readonly did: string;
  /** Signs with the gateway's own key: Ed25519, on the calling thread. */
  readonly sign: (bytes: Uint8Array) => Uint8Array;
  readonly version: string;
  /** Host and port by which clients know the gateway, as they sign it. */
  authority(): string;
  readonly policy: ActionPolicy;
  /** Without a token: nobody, or whoever connects from this machine. */
  readonly enrolment: 'open' | 'token';
  readonly now: () => number;
  /** The only way to call a URL that came from outside. */
  readonly outbound: Outbound;
  readonly secrets: SecretBox;
  /** The sessions of this gateway. */
  readonly hub: Hub;
  /** This gateway among those that share a store; new with each start. */
  readonly gatewayId: string;
  /** Where workers wait for tasks. */
  readonly line: Line;
  /** Absent when the gateway serves no chain. */
  readonly chain?: ChainServices | undefined;
}

/** One call of an operation, after authentication and validation. */
export interface Context {
  readonly requestId: string;
  readonly principal: Principal;
  /** The caller's; empty for calls that need none. */
  readonly workspace: string;
  readonly read: Reads;
  readonly services: Services;
  readonly chain?: ChainServices | undefined;
  /** The session that the call came over; absent over HTTP. */
  readonly session?: Session | undefined;
  /** Where a stream resumes. */
  readonly cursor?: string | undefined;
  /** Ends when the caller goes away or the gateway stops. */
  readonly signal: AbortSignal;
  now(): string;
  /**
   * For who waits before it commits: ends the call at once when its idempotency key was answered before. A commit looks by
   * itself.
   */
  assertFirst(): void;
  /**
   * Commits the change of this call: with it, and only with it, its nonce, its audit entries and the answer to its
   * idempotency key. Call it once, and return what it returns. `origin` replaces the caller's, for who is just enrolling.
   */
  commit<Output>(
    work: (tx: Transaction) => Output,
    origin?: Pick<Origin, 'workspace' | 'actor'>,
  ): Promise<Output>;
}

/** What the caller's workspace has. */
export function readerOf({ read, workspace }: Context): Reader {
  return { tables: read, workspace };
}

/** As in audit entries. */
export function actorOf(principal: Principal): string {
  switch (principal.kind) {
    case 'agent':
      return `agent:${principal.agent.agentId}`;
    case 'token':
      return actorOfBearer(principal);
    case 'key':
      return `key:${principal.did}`;
    case 'anonymous':
      return 'anonymous';
  }
}

/** A person is itself, whichever of its tokens it uses. */
export function actorOfBearer({ token, member }: Bearer): string {
  return member ? `member:${member.memberId}` : `token:${token.tokenId}`;
}

/** Whose things the caller may see: an agent its own alone, people and machines whose they ask for, or undefined for all. */
export function visibleAgentId({ principal }: Context, wanted?: string): string | undefined {
  if (principal.kind !== 'agent') return wanted;
  const { agentId } = principal.agent;
  if (wanted === undefined || wanted === agentId) return agentId;
  throw new BonafideError('FORBIDDEN', 'An agent sees only what is its own.');
}

/** What the caller may see of something an agent did; undefined for an agent that is another. */
export function visibleTo<Thing extends { readonly agentId?: string | undefined }>(
  { principal }: Context,
  thing: Thing | undefined,
): Thing | undefined {
  if (principal.kind !== 'agent' || thing?.agentId === principal.agent.agentId) return thing;
  return undefined;
}

/** The calling agent; FORBIDDEN for people and machines, who have no key to act with. */
export function callingAgent({ principal }: Context): AgentRecord {
  if (principal.kind === 'agent') return principal.agent;
  throw new BonafideError('FORBIDDEN', 'Only an agent can do this, signed with its own key.');
}

/** The chain; UNAVAILABLE when this gateway serves none. */
export function requireChain({ chain }: Context): ChainServices {
  if (chain) return chain;
  throw new BonafideError('UNAVAILABLE', 'This gateway serves no chain.');
}
