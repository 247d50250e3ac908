import { AuthenticationError, BonafideError } from '@bonafide/core/errors';
import type { AgentRecord, PeerMessage } from '@bonafide/core/models';
import { encodeFrame } from '@bonafide/core/protocol';
import type { Services } from '../context.ts';
import { newId } from '../ids.ts';
import { afterEnd } from '../messages/turn.ts';
import { livingAt } from '../sessions/liveness.ts';
import { assertHolder } from '../sessions/presence.ts';
import type { Session } from '../sessions/session.ts';
import type { PeerRegistration } from '../stores/peers.ts';
import type { Reads, Tables } from '../stores/store.ts';
import type { Voice } from './voice.ts';

type Holder = Pick<AgentRecord, 'did' | 'agentId' | 'workspace'>;

/** A session of this gateway that takes peer connections for its agent. */
export interface LocalPeer extends Holder {
  readonly session: Session;
  readonly allowsRelay: boolean;
  /** Another session registered the key, or this one takes no more. */
  readonly isOver: boolean;
  /** DIDs of those who signalled it, the newest last. */
  readonly contacts: Set<string>;
  /** DIDs of those to whom it named a key for sealed packets, the newest last: only theirs are handed to it. */
  readonly relayPartners: Set<string>;
  /** Heads of what others get from it. */
  readonly heads: { readonly peer: string; readonly relay: string };
}

type Entry = { -readonly [Field in keyof LocalPeer]: LocalPeer[Field] };

export interface Registry {
  /** By its session. */
  get(sessionId: string): LocalPeer | undefined;
  /** The newest registration of a key wins; resolves once it is durable. */
  register(session: Session, holder: Holder, terms: { readonly allowsRelay: boolean }): Promise<LocalPeer>;
  unregister(peer: LocalPeer): Promise<void>;
  /** Its session is over. */
  end(peer: LocalPeer): void;
}

/** What a gateway tells the one whose registration was replaced. */
type Replaced = Pick<PeerRegistration, 'did' | 'sessionId'>;

/** The registrations of this gateway; those of all gateways are in the store. */
export function createRegistry(services: Services, voice: Voice): Registry {
  const { store, bus, gatewayId, now } = services;
  const peers = new Map<string, Entry>();

  function drop(peer: Entry): void {
    peer.isOver = true;
    if (peers.get(peer.session.sessionId) === peer) peers.delete(peer.session.sessionId);
  }

  function isCurrent({ did, sessionId }: Replaced): boolean {
    return findLiving(store.read, { did, nowMs: now() })?.sessionId === sessionId;
  }

  bus.listen(subjectOf(gatewayId), (text) => {
    // Only gateways post here.
    const replaced = JSON.parse(text) as Replaced;
    const peer = peers.get(replaced.sessionId);
    // It may have registered again since.
    if (!peer || isCurrent(replaced)) return;
    drop(peer);
    voice(peer.session, peer.did, conflict(now()));
  });

  return {
    get: (sessionId) => peers.get(sessionId),
    async register(session, holder, { allowsRelay }) {
      const { sessionId } = session;
      const previous = await store.commit((tables) =>
        put(tables, {
          session,
          registration: { ...toRegistration(holder), sessionId, gatewayId, allowsRelay },
        }),
      );
      if (previous && previous.sessionId !== sessionId)
        bus.post(
          subjectOf(previous.gatewayId),
          JSON.stringify({ did: holder.did, sessionId: previous.sessionId }),
        );
      const known = peers.get(sessionId);
      if (known) return Object.assign(known, { allowsRelay });
      const peer = toPeer(session, holder, { allowsRelay });
      peers.set(sessionId, peer);
      // Its successor told this gateway before it knew.
      if (!isCurrent({ did: holder.did, sessionId })) {
        drop(peer);
        voice(session, holder.did, conflict(now()));
      }
      return peer;
    },
    async unregister(peer) {
      drop(peer);
      await store.commit(({ peers: table }) => table.remove(peer.did, peer.session.sessionId));
    },
    end(peer) {
      drop(peer);
      afterEnd(services, ({ peers: table }) => table.remove(peer.did, peer.session.sessionId));
    },
  };

  function toRegistration({ did, agentId, workspace }: Holder) {
    return { did, agentId, workspace, registeredAt: new Date(now()).toISOString() };
  }

  function put(
    tables: Tables,
    { session, registration }: { readonly session: Session; readonly registration: PeerRegistration },
  ): PeerRegistration | undefined {
    assertHolder(tables, session);
    const { did } = registration;
    if (tables.agents.getStatusOfKey(did) !== 'active')
      throw new AuthenticationError('This key is no longer that of its agent.', { code: 'REVOKED' });
    const previous = findLiving(tables, { did, nowMs: now() });
    tables.peers.put(registration);
    return previous;
  }
}

/** Who takes peer connections for a key now, on whichever gateway. */
export function findLiving(
  tables: Pick<Reads, 'peers' | 'gateways'>,
  { did, nowMs }: { readonly did: string; readonly nowMs: number },
): PeerRegistration | undefined {
  return tables.peers.find(did, livingAt(tables, nowMs));
}

function toPeer(session: Session, holder: Holder, { allowsRelay }: { allowsRelay: boolean }): Entry {
  const { did, agentId, workspace } = holder;
  const heads = {
    peer: encodeFrame({ t: 'peer', from: { did, agentId, workspace } }),
    relay: encodeFrame({ t: 'relay', from: did }),
  };
  const sets = { contacts: new Set<string>(), relayPartners: new Set<string>() };
  return { session, did, agentId, workspace, allowsRelay, isOver: false, ...sets, heads };
}

function conflict(nowMs: number): PeerMessage {
  const error = new BonafideError(
    'CONFLICT',
    'Another session of this agent takes its peer connections now.',
  );
  return { type: 'ERROR', id: newId(nowMs), problem: { code: error.code, detail: error.message } };
}

function subjectOf(gatewayId: string): string {
  return `peer-registrations/${gatewayId}`;
}

/** Adds it as the newest, and lets the oldest go. */
export function remember(dids: Set<string>, did: string, most: number): void {
  dids.delete(did);
  dids.add(did);
  if (dids.size <= most) return;
  for (const oldest of dids) {
    dids.delete(oldest);
    return;
  }
}
