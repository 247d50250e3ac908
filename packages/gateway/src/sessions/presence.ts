import { createHash, randomBytes } from 'node:crypto';
import { BonafideError } from '@bonafide/core/errors';
import type { Connection } from '@bonafide/core/models';
import type { Transaction } from '../ledger.ts';
import type { Claim } from '../stores/sessions.ts';
import type { Reads } from '../stores/store.ts';
import { DAY_MS } from '../time.ts';
import { readBearer } from '../tokens/bearer.ts';
import { isGatewayAlive } from './liveness.ts';
import type { Session } from './session.ts';

/** How long an address that the gateway made up waits for its client to come back. */
export const CLAIM_TTL_MS: number = 30 * DAY_MS;

const TOKEN = 'token:';

/** Who wants which address, as what. */
export interface Arrival {
  readonly record: Omit<Connection, 'epoch'>;
  readonly isGenerated: boolean;
  readonly resumeToken: string | undefined;
  readonly takeOver: boolean;
  /** Of the token with which the next session of this client shows that it is the same. */
  readonly nextResumeHash: string;
  /** Whether nothing was heard of a session yet: its client may never have got its welcome, and so not its token. */
  isUnheard(holder: Connection): boolean;
}

export interface Arrived {
  readonly record: Connection;
  readonly isResumed: boolean;
  /** Who had the address until now. */
  readonly replaced: Connection | undefined;
}

export function createResumeToken(): string {
  return randomBytes(24).toString('base64url');
}

/** Takes an address for a session; CONFLICT while somebody else lives there, FORBIDDEN when it belongs to another credential. */
export function takeAddress(tx: Transaction, arrival: Arrival): Arrived {
  const { tables, now } = tx;
  const { record, isGenerated, resumeToken, takeOver, nextResumeHash: resumeHash } = arrival;
  const { workspace, address, actor } = record;
  const claim = tables.claims.get(workspace, address);
  if (claim) assertOwner(tables, { claim, actor });
  const holder = tables.sessions.getHolder(workspace, address);
  const isHeld =
    holder !== undefined && isGatewayAlive(tables, { gatewayId: holder.gatewayId, nowMs: tx.nowMs });
  const shown = resumeToken === undefined ? undefined : hashResumeToken(resumeToken);
  const isLast = shown !== undefined && claim?.resumeHash === shown;
  const isBeforeLast = shown !== undefined && claim?.previousHash === shown;
  const isResumed = isLast || (isBeforeLast && !(isHeld && !arrival.isUnheard(holder)));
  if (isHeld && !isResumed && !(takeOver && holder.actor === actor)) {
    throw new BonafideError('CONFLICT', `${address} is connected already.`, {
      details: { address, connectedAt: holder.connectedAt },
    });
  }
  const taken = { ...record, epoch: (claim?.epoch ?? 0) + 1 };
  const previousHash = isResumed ? shown : undefined;
  const { epoch } = taken;
  tables.claims.put({
    ...{ workspace, address, actor, epoch, resumeHash, isGenerated, usedAt: now },
    ...(previousHash === undefined ? {} : { previousHash }),
  });
  tables.sessions.put(taken);
  return { record: taken, isResumed, replaced: holder };
}

/** The address that a resume token was for; undefined for one that is neither the last nor the one before. */
export function findResumed(
  tables: Pick<Reads, 'claims'>,
  { workspace, resumeToken }: { readonly workspace: string; readonly resumeToken: string | undefined },
): Claim | undefined {
  return resumeToken === undefined
    ? undefined
    : tables.claims.findByResumeHash(workspace, hashResumeToken(resumeToken));
}

/** Throws unless the session still has its address: inside a commit, what fences a predecessor off. */
export function assertHolder(tables: Pick<Reads, 'sessions'>, { sessionId, name }: Session): void {
  if (tables.sessions.get(sessionId)) return;
  throw new BonafideError('CONFLICT', `This session of ${name} is over: another one has its address.`);
}

function assertOwner(tables: Reads, { claim, actor }: { claim: Claim; actor: string }): void {
  if (claim.actor === actor || isGone(tables, claim) || isMadeFor(tables, { claim, actor })) return;
  throw new BonafideError('FORBIDDEN', `${claim.address} belongs to another credential.`);
}

/** The gateway makes a task token for one address, when an implementation that an owner registered is started there. */
function isMadeFor(tables: Reads, { claim, actor }: { claim: Claim; actor: string }): boolean {
  const { workspace, address } = claim;
  if (!actor.startsWith(TOKEN)) return false;
  const token = tables.tokens.get({ workspace, id: actor.slice(TOKEN.length) });
  return token?.role === 'task' && token.address === address;
}

/** Whose credential was revoked has no addresses any more. */
function isGone(tables: Reads, { workspace, actor }: Claim): boolean {
  const cut = actor.indexOf(':');
  const [kind, id] = [actor.slice(0, cut), actor.slice(cut + 1)];
  if (kind === 'agent') return tables.agents.getAnywhere(id)?.status !== 'active';
  if (kind === 'member') return tables.members.get({ workspace, id })?.status !== 'active';
  const token = tables.tokens.get({ workspace, id });
  const bearer = token && readBearer(tables, token);
  return bearer === undefined || bearer.token.revokedAt !== undefined;
}

export function hashResumeToken(resumeToken: string): string {
  return createHash('sha256').update(resumeToken).digest('base64url');
}
