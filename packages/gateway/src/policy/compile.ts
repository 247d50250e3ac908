import { BonafideError } from '@bonafide/core/errors';
import type { Cedar } from './cedar.ts';
import { createMemo } from './memo.ts';
import { type Mentions, mentionsOf } from './mentions.ts';
import { type NamedPolicy, type PolicySource, parsePolicies } from './parse.ts';

/** Policies that are in force together, parsed once. */
export interface PolicySet {
  /** Under which the engine keeps it. */
  readonly slot: string;
  /** By the ids the engine knows them by, which tell who wrote them. */
  readonly policies: ReadonlyMap<string, SourcedPolicy>;
  readonly mentions: Mentions;
  /** Its answers so far, by everything they depend on. */
  readonly remember: ReturnType<typeof createMemo<Verdict>>;
}

export interface SourcedPolicy extends NamedPolicy {
  readonly source: PolicySource;
}

/** What a set says to one question. */
export interface Verdict {
  readonly isPermitted: boolean;
  /** Which forbade, or else which permitted; the ones of the workspace first, then the operator's, then the defaults. */
  readonly determinedBy: readonly SourcedPolicy[];
  /** Policies that failed: a permit then counts for nothing, a forbid as if it held. */
  readonly failures: readonly { readonly policy: SourcedPolicy; readonly message: string }[];
}

const ANSWERS = 2000;

/** Puts policies under a slot together; what was there before is gone. */
export function compileSet(
  cedar: Cedar,
  { policies: all, slot }: { policies: readonly SourcedPolicy[]; slot: string },
): PolicySet {
  const policies = new Map(all.map((policy) => [`${policy.source}/${policy.id}`, policy]));
  const staticPolicies = Object.fromEntries([...policies].map(([id, { text }]) => [id, text]));
  const answer = cedar.preparsePolicySet(slot, { staticPolicies });
  if (answer.type === 'failure') throw unreadable(answer.errors);
  return { slot, policies, mentions: mentionsOf(all.map(({ json }) => json)), remember: createMemo(ANSWERS) };
}

/** The policies of a text that was accepted once. */
export function readPolicies(
  cedar: Cedar,
  { text, source }: { text: string; source: PolicySource },
): readonly SourcedPolicy[] {
  const parsed = parsePolicies(cedar, text);
  if ('errors' in parsed) throw unreadable(parsed.errors);
  const { policies } = parsed;
  if (new Set(policies.map(({ id }) => id)).size < policies.length || parsed.templates > 0) {
    throw new BonafideError('INTERNAL', 'A stored policy text is not one this gateway accepts.');
  }
  return policies.map((policy) => ({ ...policy, source }));
}

function unreadable(errors: readonly { readonly message: string }[]): BonafideError {
  return new BonafideError('INTERNAL', `A stored policy cannot be read: ${errors[0]?.message ?? 'unknown'}`);
}
