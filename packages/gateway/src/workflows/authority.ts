import { BonafideError } from '@bonafide/core/errors';
import { isPrincipalAddress, parseAddress, type Token } from '@bonafide/core/models';
import { isGranted } from '../http/scopes.ts';
import type { Place } from '../sessions/place.ts';
import type { Reader } from '../stores/store.ts';
import type { StoredRule } from '../stores/workflows.ts';

/** What a rule is, as the sender of what it does. */
export function placeOfRule({ workspace, ruleId, createdBy }: StoredRule): Place {
  return placeAt(`we::${workspace}::rules::${ruleId}`, { workspace, home: workspace, actor: createdBy });
}

/** Whoever made the rule or changed it last, whose authority it has; FORBIDDEN when that person may make rules no more. */
export function ownerOfRule(reader: Reader, { workspace, owner, createdBy }: StoredRule): Place {
  const role = roleNow(reader, createdBy);
  if (role !== undefined && isGranted(role, 'workspace:workflows.manage')) {
    return placeAt(owner, { workspace, home: workspace, actor: createdBy, role });
  }
  throw new BonafideError('FORBIDDEN', `${createdBy} may make rules no more: somebody who may must save it.`);
}

function roleNow({ tables, workspace }: Reader, actor: string): Token['role'] | undefined {
  const [kind, id = ''] = actor.split(':');
  if (kind === 'member') {
    const member = tables.members.get({ workspace, id });
    return member?.status === 'active' ? member.role : undefined;
  }
  const token = tables.tokens.get({ workspace, id });
  return token?.revokedAt === undefined ? token?.role : undefined;
}

function placeAt(name: string, rest: Omit<Place, 'name' | 'address'>): Place {
  const address = parseAddress(name);
  if (!isPrincipalAddress(address)) throw new BonafideError('INTERNAL', `${name} is no principal.`);
  return { ...rest, address, name };
}
