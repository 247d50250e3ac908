import type { AccessLevel, AclResourceType, AclRule, PrincipalType } from '@bonafide/core/models';
import { matchesExactly } from '../glob.ts';
import type { Reads } from '../stores/store.ts';
import { compareRules, isExact } from './exactness.ts';
import { isAbout, type Subject } from './subject.ts';

/** What the rules of one workspace say; absent `rule` when they say nothing. */
export interface Decision {
  readonly rule?: AclRule | undefined;
  /** All that are about it, the one that decides first; those that say the most, when there are many. */
  readonly considered: readonly AclRule[];
}

export interface Question {
  readonly subject: Subject;
  readonly resource: { readonly type: AclResourceType; readonly id: string };
  readonly nowMs: number;
}

/** The rules and fallbacks of one workspace, ready to decide. */
export interface CompiledAcl {
  decide(question: Question): Decision;
  getFallback(principalType: PrincipalType, resourceType: AclResourceType): AccessLevel | undefined;
}

interface Remembered extends Decision {
  readonly validUntilMs: number;
}

/** Rules of one type of resource: those of one principal are found at once. */
interface Group {
  readonly ofPrincipal: Map<string, AclRule[]>;
  readonly patterns: AclRule[];
}

const MAX_WORKSPACES = 1000;
const MAX_DECISIONS = 10_000;
const MAX_CONSIDERED = 50;
const nothing: Decision = { considered: [] };
const empty: CompiledAcl = { decide: () => nothing, getFallback: () => undefined };

// By revision, which is never the same for other rules, whatever was undone and whichever store it is in.
const compiled = new Map<string, CompiledAcl>();

/** What holds in the workspace now; one remembered lookup while nothing changes. */
export function compiledAcl({ acl }: Pick<Reads, 'acl'>, workspace: string): CompiledAcl {
  const revision = acl.getRevision(workspace);
  if (revision === '') return empty;
  const known = compiled.get(revision);
  if (known) return known;
  const made = compile(acl, workspace);
  if (compiled.size >= MAX_WORKSPACES) compiled.clear();
  compiled.set(revision, made);
  return made;
}

function compile(acl: Reads['acl'], workspace: string): CompiledAcl {
  const groups = groupRules(acl.listEvery(workspace));
  const fallbacks = new Map(
    acl.listFallbacks(workspace).map((each) => [`${each.principalType} ${each.resourceType}`, each.level]),
  );
  const decisions = new Map<string, Remembered>();
  return {
    decide(question) {
      const key = keyOf(question);
      const known = decisions.get(key);
      if (known && question.nowMs < known.validUntilMs) return known;
      const group = groups.get(question.resource.type);
      const decision = group
        ? decide(group, question)
        : { ...nothing, validUntilMs: Number.POSITIVE_INFINITY };
      if (decisions.size >= MAX_DECISIONS) decisions.clear();
      decisions.set(key, decision);
      return decision;
    },
    getFallback: (principalType, resourceType) => fallbacks.get(`${principalType} ${resourceType}`),
  };
}

function groupRules(rules: readonly AclRule[]): Map<AclResourceType, Group> {
  const groups = new Map<AclResourceType, Group>();
  for (const rule of rules) {
    const group: Group = groups.get(rule.resourceType) ?? { ofPrincipal: new Map(), patterns: [] };
    groups.set(rule.resourceType, group);
    if (!isExact(rule.principalId)) {
      group.patterns.push(rule);
      continue;
    }
    const ofPrincipal = group.ofPrincipal.get(rule.principalId) ?? [];
    group.ofPrincipal.set(rule.principalId, ofPrincipal);
    ofPrincipal.push(rule);
  }
  return groups;
}

function decide({ ofPrincipal, patterns }: Group, { subject, resource, nowMs }: Question): Remembered {
  const named = subject.names.flatMap((name) => ofPrincipal.get(name) ?? []);
  const about = [...named, ...patterns].filter(
    (rule) => isAbout(rule, subject) && matchesExactly(rule.resourceId, resource.id),
  );
  const alive = about.filter((rule) => endOf(rule) > nowMs).sort(compareRules);
  return {
    rule: alive[0],
    considered: alive.slice(0, MAX_CONSIDERED),
    validUntilMs: Math.min(...alive.map(endOf)),
  };
}

function endOf({ expiresAt }: AclRule): number {
  return expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiresAt);
}

// The id last: it alone may hold whatever was asked about.
function keyOf({ subject: { type, names, anchor }, resource }: Question): string {
  return `${type}\n${anchor ?? ''}\n${names.join(' ')}\n${resource.type}\n${resource.id}`;
}
