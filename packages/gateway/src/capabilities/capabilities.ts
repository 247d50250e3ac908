import { BonafideError, ValidationError } from '@bonafide/core/errors';
import type { AgentRecord, CapabilityGrant } from '@bonafide/core/models';
import { getAgent } from '../agents/agents.ts';
import { redactText } from '../audit/redact.ts';
import { canonicalName } from '../glob.ts';
import { newId } from '../ids.ts';
import type { Transaction } from '../ledger.ts';
import type { Reader } from '../stores/store.ts';
import { presentCapability } from './covers.ts';

interface Wanted {
  readonly capability: string;
  readonly resource?: string | undefined;
}

/** How many requests of one agent may wait for people at a time. */
const MAX_REQUESTS = 20;

/** Puts a request to people; nothing changes until one grants it. */
export function requestCapability(
  tx: Transaction,
  { agent, reason, ...wanted }: Wanted & { readonly agent: AgentRecord; readonly reason: string },
): CapabilityGrant {
  const open = openOf(tx, agent.agentId);
  const same = open.find((grant) => isSame(grant, wanted));
  if (same) {
    const message =
      same.status === 'granted' ? 'It is granted already.' : 'It is asked for already; people decide.';
    throw new BonafideError('CONFLICT', message, { details: { capabilityId: same.capabilityId } });
  }
  if (open.filter(({ status }) => status === 'requested').length >= MAX_REQUESTS) {
    throw new BonafideError(
      'CONFLICT',
      `${MAX_REQUESTS} requests are waiting. Ask again when people answered some.`,
    );
  }
  return add(tx, { ...wanted, agentId: agent.agentId, status: 'requested', reason });
}

/** Grants without a request, or answers the one there is; granting the same again returns the same grant. */
export function grantCapability(
  tx: Transaction,
  {
    agentId,
    reason = 'Granted by a person.',
    expiresAt,
    ...wanted
  }: Wanted & {
    readonly agentId: string;
    readonly reason?: string | undefined;
    readonly expiresAt?: string | undefined;
  },
): CapabilityGrant {
  requireActive(tx, agentId);
  requireFuture(tx, expiresAt);
  const same = openOf(tx, agentId).find((grant) => isSame(grant, wanted));
  if (!same)
    return add(tx, { ...wanted, agentId, status: 'granted', reason, expiresAt, decidedBy: tx.actor });
  if (same.status === 'granted' && same.expiresAt === expiresAt) return same;
  return move(tx, same, { status: 'granted', decisionReason: reason, expiresAt, decidedBy: tx.actor });
}

/** Answers a request, once. */
export function decideCapability(
  tx: Transaction,
  answer: {
    readonly capabilityId: string;
    readonly decision: 'grant' | 'deny';
    readonly reason?: string | undefined;
    readonly expiresAt?: string | undefined;
  },
): CapabilityGrant {
  const grant = getCapability(tx, answer.capabilityId);
  if (grant.status !== 'requested') throw notNow(grant, 'only a request can be decided, once');
  const decidedBy = tx.actor;
  if (answer.decision === 'deny') {
    return move(tx, grant, {
      status: 'denied',
      decidedBy,
      decisionReason: answer.reason ?? 'Denied by a person.',
    });
  }
  requireActive(tx, grant.agentId);
  requireFuture(tx, answer.expiresAt);
  const decisionReason = answer.reason ?? 'Granted by a person.';
  return move(tx, grant, { status: 'granted', decidedBy, decisionReason, expiresAt: answer.expiresAt });
}

/** Takes a capability, or a request for one, away; the next decision is made without it. */
export function revokeCapability(
  tx: Transaction,
  {
    capabilityId,
    reason = 'Revoked by a person.',
  }: { readonly capabilityId: string; readonly reason?: string | undefined },
): CapabilityGrant {
  const grant = getCapability(tx, capabilityId);
  if (grant.status === 'revoked') return grant;
  if (grant.status !== 'granted' && grant.status !== 'requested')
    throw notNow(grant, 'there is nothing to revoke');
  return move(tx, grant, {
    status: 'revoked',
    decidedBy: tx.actor,
    decisionReason: reason,
    expiresAt: grant.expiresAt,
  });
}

/** Ends a granted capability whose time is over. */
export function expireCapability(tx: Transaction, capabilityId: string): void {
  const grant = tx.tables.capabilities.get({ workspace: tx.workspace, id: capabilityId });
  // It may have been revoked or prolonged since it was listed.
  if (grant?.status !== 'granted' || presentCapability(grant, tx.now).status !== 'expired') return;
  const { decidedBy, decisionReason, expiresAt } = grant;
  move(tx, grant, { status: 'expired', decidedBy, decisionReason, expiresAt });
}

/** NOT_FOUND outside the workspace. */
function getCapability(tx: Transaction, capabilityId: string): CapabilityGrant {
  const grant = tx.tables.capabilities.get({ workspace: tx.workspace, id: capabilityId });
  if (!grant) throw new BonafideError('NOT_FOUND', 'There is no such capability in this workspace.');
  return presentCapability(grant, tx.now);
}

function openOf(tx: Transaction, agentId: string): CapabilityGrant[] {
  return tx.tables.capabilities
    .listOpen(tx.workspace, agentId)
    .filter((grant) => presentCapability(grant, tx.now).status !== 'expired');
}

function isSame(grant: Wanted, { capability, resource }: Wanted): boolean {
  if (canonicalName(grant.capability) !== canonicalName(capability)) return false;
  return grant.resource === resource;
}

function requireActive(reader: Reader, agentId: string): void {
  const { status } = getAgent(reader, agentId);
  if (status !== 'active')
    throw new BonafideError('CONFLICT', `The agent is ${status}; it can be granted nothing.`);
}

function requireFuture({ now }: Transaction, expiresAt: string | undefined): void {
  if (expiresAt === undefined || Date.parse(expiresAt) > Date.parse(now)) return;
  throw new ValidationError('The capability would be over before it begins.', {
    issues: [{ path: 'expiresAt', message: 'must be in the future' }],
  });
}

function notNow({ status }: CapabilityGrant, why: string): BonafideError {
  return new BonafideError('CONFLICT', `It is ${status}; ${why}.`, { details: { status } });
}

type NewGrant = Pick<CapabilityGrant, 'agentId' | 'status' | 'reason'> &
  Wanted & { readonly expiresAt?: string | undefined; readonly decidedBy?: string };

function add(tx: Transaction, { resource, expiresAt, decidedBy, ...grant }: NewGrant): CapabilityGrant {
  const added: CapabilityGrant = {
    ...{ capabilityId: newId(tx.nowMs), workspace: tx.workspace, createdAt: tx.now, updatedAt: tx.now },
    ...grant,
    ...optionalOf({ resource, decidedBy }),
    ...expiryOf(expiresAt),
  };
  tx.tables.capabilities.insert(added);
  record(tx, added);
  return added;
}

type Move = Pick<CapabilityGrant, 'status'> & {
  readonly decidedBy: string | undefined;
  readonly decisionReason: string | undefined;
  readonly expiresAt?: string | undefined;
};

function move(
  tx: Transaction,
  { expiresAt: _, ...grant }: CapabilityGrant,
  { status, decidedBy, decisionReason, expiresAt }: Move,
): CapabilityGrant {
  const moved: CapabilityGrant = {
    ...{ ...grant, status, updatedAt: tx.now },
    ...optionalOf({ decidedBy, decisionReason }),
    ...expiryOf(expiresAt),
  };
  tx.tables.capabilities.update(moved);
  record(tx, moved);
  return moved;
}

function record(
  tx: Transaction,
  { capabilityId, agentId, capability, status, ...rest }: CapabilityGrant,
): void {
  const { resource, expiresAt, decisionReason } = rest;
  const optional = { ...optionalOf({ resource, decisionReason }), ...expiryOf(expiresAt) };
  const reason = redactText(rest.decisionReason ?? rest.reason);
  tx.record({
    type: `capability.${status}`,
    subject: capabilityId,
    data: { capabilityId, agentId, capability, status, reason, ...optional },
  });
}

// One form, so that times compare as text.
function expiryOf(expiresAt: string | undefined): { expiresAt?: string } {
  return expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() };
}

function optionalOf<Fields extends Record<string, string | undefined>>(
  fields: Fields,
): { [Name in keyof Fields]?: string } {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [Name in keyof Fields]?: string };
}
