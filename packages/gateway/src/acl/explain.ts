import { ValidationError } from '@bonafide/core/errors';
import {
  type AclExplanation,
  type Address,
  formatAddress,
  isPrincipalAddress,
  parseAddress,
  workspaceOfAddress,
} from '@bonafide/core/models';
import type { Place } from '../sessions/place.ts';
import type { Reader } from '../stores/store.ts';
import { explainLevel, type Resource } from './access.ts';

/** What the holder of an address may do in the reader's workspace, and why. */
export function explainAccess(
  reader: Reader,
  {
    principal,
    now,
    ...resource
  }: Omit<Resource, 'workspace'> & { readonly principal: string; readonly now: () => number },
): AclExplanation {
  const { tables, workspace } = reader;
  const place = placeOfAddress(reader, parseAddress(principal));
  return explainLevel(tables, { ...place, now }, { workspace, ...resource });
}

/** Who would come with this address: for an agent's name that agent, for a person's id that person. */
function placeOfAddress({ tables, workspace }: Reader, address: Address): Place {
  if (!isPrincipalAddress(address)) {
    throw new ValidationError('Only one principal has access, not a group.', {
      issues: [{ path: 'principal', message: 'must be the address of one principal' }],
    });
  }
  const home = workspaceOfAddress(address) ?? workspace;
  const where = { workspace: home, home, address, name: formatAddress(address) };
  if (address.type === 'user') {
    const member = tables.members.get({ workspace, id: address.user });
    return { ...where, actor: `member:${address.user}`, role: member?.role };
  }
  if (address.type === 'service' && address.implementation === 'token') {
    const token = tables.tokens.get({ workspace, id: address.specifier });
    return { ...where, actor: `token:${address.specifier}`, role: token?.role };
  }
  const agent = 'workspace' in address ? tables.agents.getByName(home, address.implementation) : undefined;
  // Who holds it is not known: rules for a credential say nothing then.
  return { ...where, actor: agent ? `agent:${agent.agentId}` : 'nobody' };
}
