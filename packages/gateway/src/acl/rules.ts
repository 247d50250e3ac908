import { BonafideError, ValidationError } from '@bonafide/core/errors';
import {
  type AccessLevel,
  type AclFallback,
  type AclRule,
  canonicalAddress,
  isPrincipalAddress,
  parseAddress,
} from '@bonafide/core/models';
import { newId } from '../ids.ts';
import type { Transaction } from '../ledger.ts';
import type { Place } from '../sessions/place.ts';
import type { StoredFallback } from '../stores/acl.ts';
import { explainLevel } from './access.ts';
import { isExact } from './exactness.ts';

/** What a decision may have to look through. */
export const MAX_RULES = 10_000;

export type NewRule = Omit<AclRule, 'ruleId' | 'grantedBy' | 'createdAt' | 'reason' | 'expiresAt'> & {
  readonly reason?: string | undefined;
  readonly expiresAt?: string | undefined;
};

/** Adds a rule to the workspace; nobody gives a level that it does not have itself. */
export function createRule(tx: Transaction, { rule, by }: { rule: NewRule; by: Place }): AclRule {
  const { workspace, tables, now } = tx;
  const { principalType, resourceType, resourceId, level, reason, expiresAt } = rule;
  assertMayGive(tx, { by, resource: { type: resourceType, id: resourceId }, level });
  if (expiresAt !== undefined && expiresAt <= now) throw invalid('expiresAt', 'must be later than now');
  tables.acl.removeExpired(workspace, now);
  if (tables.acl.getCount(workspace) >= MAX_RULES) {
    throw new BonafideError('LIMIT_EXCEEDED', `A workspace has at most ${MAX_RULES} acl rules.`);
  }
  const made: AclRule = {
    ...{ ruleId: newId(tx.nowMs), principalType, principalId: canonicalPrincipal(rule.principalId) },
    ...{ resourceType, resourceId: canonicalResource(rule), level, grantedBy: tx.actor },
    ...(reason === undefined ? {} : { reason }),
    createdAt: now,
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
  };
  tables.acl.insert(workspace, made);
  recordRule(tx, { type: 'acl.rule-created', rule: made });
  return made;
}

/** Takes a rule back; false when there is none. */
export function deleteRule(tx: Transaction, ruleId: string): { isDeleted: boolean } {
  const key = { workspace: tx.workspace, id: ruleId };
  const rule = tx.tables.acl.get(key);
  if (!rule) return { isDeleted: false };
  tx.tables.acl.remove(key);
  recordRule(tx, { type: 'acl.rule-deleted', rule });
  return { isDeleted: true };
}

/** Sets what holds where no rule does; the same again changes nothing. */
export function setFallback(
  tx: Transaction,
  { fallback, by }: { readonly fallback: StoredFallback; readonly by: Place },
): AclFallback {
  const { principalType, resourceType, level } = fallback;
  assertMayGive(tx, { by, resource: { type: resourceType, id: '*' }, level });
  const same = tx.tables.acl
    .listFallbacks(tx.workspace)
    .find((each) => each.principalType === principalType && each.resourceType === resourceType);
  if (same?.level !== level) {
    tx.tables.acl.setFallback(tx.workspace, fallback);
    const data = { principalType, resourceType, level, ...(same ? { before: same.level } : {}) };
    tx.record({ type: 'acl.fallback-set', subject: `${principalType}/${resourceType}`, data });
  }
  return { ...fallback, isDefault: false };
}

function assertMayGive(
  { tables, workspace }: Transaction,
  {
    by,
    resource,
    level,
  }: { by: Place; resource: { type: AclRule['resourceType']; id: string }; level: AccessLevel },
): void {
  const own = explainLevel(tables, by, { workspace, ...resource }).level;
  if (level <= own) return;
  throw new BonafideError('FORBIDDEN', `Nobody gives more than it has: level ${own}.`, {
    details: { level: own },
  });
}

const PREFIX_WITH_DOTS = /^(ag|tu|ta|us|oc|we|mb|sv|br)\./;

/** Addresses are compared in their canonical form; what is none, such as an id or a pattern of all, stays as it is. */
function canonicalPrincipal(principalId: string): string {
  const isDotted = PREFIX_WITH_DOTS.test(principalId) && !principalId.includes('::');
  const text = isDotted ? principalId.replaceAll('.', '::') : principalId;
  if (isExact(text) && text.includes('::') && !isPrincipalAddress(parseAddress(text))) {
    throw invalid('principalId', 'must be the address of one principal, or a pattern');
  }
  return text;
}

function canonicalResource({ resourceType, resourceId }: NewRule): string {
  const isAddress = resourceType === 'service' && isExact(resourceId);
  return isAddress ? canonicalAddress(resourceId) : resourceId;
}

function recordRule(tx: Transaction, { type, rule }: { type: string; rule: AclRule }): void {
  const { ruleId, principalType, principalId, resourceType, resourceId, level, reason, expiresAt } = rule;
  const data = {
    ...{ ruleId, principalType, principalId, resourceType, resourceId, level },
    ...(reason === undefined ? {} : { reason }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
  tx.record({ type, subject: ruleId, data });
}

function invalid(path: string, message: string): ValidationError {
  return new ValidationError(`The ${path} ${message}.`, { issues: [{ path, message }] });
}
