import { type AclRule, formatAddress, type PrincipalType } from '@bonafide/core/models';
import { matchesExactly } from '../glob.ts';
import type { Place } from '../sessions/place.ts';
import { isExact } from './exactness.ts';

/** Who asks, by all that a rule of a certain workspace may call it. */
export interface Subject {
  readonly type: PrincipalType;
  /** An address, the actor as in audit entries, the id of a user. */
  readonly names: readonly string[];
  /** Of another workspace: with what a pattern must begin, so that it means that workspace and not everybody. */
  readonly anchor?: string | undefined;
}

/**
 * The caller as the rules of `workspace` know it. Addresses of services and bridges name no workspace, so those of
 * another one are known there by their credential alone: otherwise any tenant could have one of the same name.
 */
export function subjectOf({ address, name, actor, home }: Place, workspace: string): Subject {
  const { type } = address;
  if (type === 'user') {
    const isOwn = home === workspace;
    return isOwn
      ? { type, names: [name, actor, address.user] }
      : { type, names: [name, actor], anchor: `us::${address.user}::` };
  }
  if (!('workspace' in address)) {
    return home === workspace ? { type, names: [name, actor] } : { type, names: [actor], anchor: actor };
  }
  // A guest in a workspace is still who it is at home.
  const names = [formatAddress({ ...address, workspace: home }), actor];
  if (home === workspace) return { type, names };
  return { type, names, anchor: `${names[0]?.slice(0, 2)}::${home}::` };
}

/** Whether the rule is about the subject. */
export function isAbout(
  { principalType, principalId }: Pick<AclRule, 'principalType' | 'principalId'>,
  { type, names, anchor }: Subject,
): boolean {
  if (principalType !== '*' && principalType !== type) return false;
  if (isExact(principalId)) return names.includes(principalId);
  if (anchor !== undefined && !principalId.startsWith(anchor)) return false;
  return names.some((name) => matchesExactly(principalId, name));
}
