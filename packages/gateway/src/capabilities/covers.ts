import type { CapabilityGrant } from '@bonafide/core/models';
import { matchesGlob } from '../glob.ts';

/** Whether a granted capability is about this action and what it touches. */
export function covers(
  { capability, resource }: Pick<CapabilityGrant, 'capability' | 'resource'>,
  asked: { readonly action: string; readonly resource?: string | undefined },
): boolean {
  if (!matchesGlob(capability, asked.action)) return false;
  return resource === undefined || (asked.resource !== undefined && matchesGlob(resource, asked.resource));
}

/** As it stands now: one whose time is over reads as expired even before the sweep writes it. */
export function presentCapability(grant: CapabilityGrant, now: string): CapabilityGrant {
  const isOver = grant.status === 'granted' && grant.expiresAt !== undefined && grant.expiresAt <= now;
  return isOver ? { ...grant, status: 'expired' } : grant;
}
