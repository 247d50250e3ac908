import { BonafideError } from '@bonafide/core/errors';
import { accessLevels } from '@bonafide/core/models';
import { explainLevel } from '../acl/access.ts';
import { assertMaySend } from '../messages/permissions.ts';
import type { Place } from '../sessions/place.ts';
import type { PeerRegistration } from '../stores/peers.ts';
import type { Reads } from '../stores/store.ts';
import { findLiving, type LocalPeer } from './registry.ts';

/** The one answer for who is unknown, away, or not to be found by the caller. */
export function unreachable(): BonafideError {
  return new BonafideError('NOT_FOUND', 'Nobody with this key that you can find takes peer connections now.');
}

export function noRelay(): BonafideError {
  return new BonafideError('FORBIDDEN', 'This peer takes no packets through a gateway.');
}

/** Also after it connected to its gateway anew: then both agree on new keys. */
export function noPartner(): BonafideError {
  return new BonafideError(
    'FORBIDDEN',
    'This peer takes packets through a gateway only from those to whom it offered or answered with a relay key.',
  );
}

interface Asked {
  readonly peer: LocalPeer;
  readonly place: Place;
  readonly to: string;
  readonly nowMs: number;
}

/**
 * The registration to which a peer may signal: that of an agent of its workspace, of a listed one, or of one that signalled
 * it first. NOT_FOUND where there is none, and FORBIDDEN where a rule keeps the caller out as it does for messages.
 */
export function reach(tables: Reads, { peer, place, to, nowMs }: Asked): PeerRegistration {
  if (to === peer.did) throw new BonafideError('VALIDATION_FAILED', 'An agent is no peer of itself.');
  const agent = tables.agents.findByDid(to);
  // A key that was replaced is nobody's any more.
  if (agent?.did !== to || agent.status !== 'active') throw unreachable();
  const isVisible = agent.workspace === peer.workspace || agent.isListed || peer.contacts.has(to);
  if (!isVisible) throw unreachable();
  assertMaySend(place.address.type, 'agent');
  assertNotDenied(tables, place, agent.workspace);
  const registration = findLiving(tables, { did: to, nowMs });
  if (!registration) throw unreachable();
  return registration;
}

/** Strangers reach who is listed without a rule: only one against them keeps them out. */
function assertNotDenied(tables: Reads, place: Place, workspace: string): void {
  const resource = { workspace, type: 'workspace', id: workspace } as const;
  const { level, decidedBy } = explainLevel(tables, place, resource);
  if (decidedBy === 'other-workspace' || level >= accessLevels.readwrite) return;
  throw new BonafideError('FORBIDDEN', `${place.name} may not reach agents of workspace ${workspace}.`, {
    details: { resourceType: 'workspace', resourceId: workspace, level: accessLevels.readwrite },
  });
}
