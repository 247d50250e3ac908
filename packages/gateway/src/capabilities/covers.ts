import type { CapabilityGrant } from '@bonafide/core/models';
import { matchesExactly, matchesGlob } from '../glob.ts';

/** Whether a granted capability is about this action and what it touches. */
export function covers(
  { capability, resource }: Pick<CapabilityGrant, 'capability' | 'resource'>,
  asked: { readonly action: string; readonly resource?: string | undefined },
): boolean {
  if (!matchesGlob(capability, asked.action)) return false;
  return resource === undefined || (asked.resource !== undefined && coversResource(resource, asked.resource));
}

// Letter by letter, other than names: `/srv/Public` and `/srv/public` can be two places, and a grant is for one of them.
// Nor is `/srv/public/../private` in `/srv/public/*`, however its dots are spelled.
const CLIMBS = /(^|[/\\])(\.|%2e){2}([/\\]|$)/i;

function coversResource(pattern: string, resource: string): boolean {
  return matchesExactly(pattern, resource) && (pattern === resource || !CLIMBS.test(resource));
}

/** As it stands now: one whose time is over reads as expired even before the sweep writes it. */
export function presentCapability(grant: CapabilityGrant, now: string): CapabilityGrant {
  const isOver = grant.status === 'granted' && grant.expiresAt !== undefined && grant.expiresAt <= now;
  return isOver ? { ...grant, status: 'expired' } : grant;
}
