import type { PrincipalType } from '@bonafide/core/models';
import type { LiveSession } from './live-session.ts';
import type { Hub } from './session.ts';

/** A hub, and what only the server of its sessions may do with it. */
export interface LocalHub extends Hub {
  readonly size: number;
  all(): Iterable<LiveSession>;
  add(session: LiveSession): void;
  remove(session: LiveSession): void;
  /** Around a change of its workspace or address. */
  move(session: LiveSession, change: () => void): void;
}

interface Room {
  readonly byName: Map<string, LiveSession>;
  readonly byType: Map<PrincipalType, Set<LiveSession>>;
}

/** The sessions of a gateway that has none yet. */
export function createHub(): LocalHub {
  const byId = new Map<string, LiveSession>();
  const rooms = new Map<string, Room>();
  const listeners = new Set<Parameters<Hub['watch']>[0]>();

  function enter(session: LiveSession): void {
    const room = rooms.get(session.workspace) ?? { byName: new Map(), byType: new Map() };
    rooms.set(session.workspace, room);
    room.byName.set(session.name, session);
    const { type } = session.address;
    const same = room.byType.get(type) ?? new Set();
    room.byType.set(type, same.add(session));
  }

  function leave(session: LiveSession): void {
    const room = rooms.get(session.workspace);
    if (!room) return;
    // Its successor may be here already.
    if (room.byName.get(session.name) === session) room.byName.delete(session.name);
    const same = room.byType.get(session.address.type);
    same?.delete(session);
    if (same?.size === 0) room.byType.delete(session.address.type);
    if (room.byType.size === 0) rooms.delete(session.workspace);
  }

  const tell: Parameters<Hub['watch']>[0] = (change) => {
    for (const listener of listeners) listener(change);
  };

  return {
    get size() {
      return byId.size;
    },
    all: () => byId.values(),
    find: (workspace, name) => rooms.get(workspace)?.byName.get(name),
    get: (sessionId) => byId.get(sessionId),
    listOf(workspace, type) {
      const room = rooms.get(workspace);
      if (!room) return [];
      return type === undefined ? room.byName.values() : (room.byType.get(type) ?? []);
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    add(session) {
      byId.set(session.sessionId, session);
      enter(session);
      tell({ kind: 'opened', session });
    },
    remove(session) {
      if (!byId.delete(session.sessionId)) return;
      leave(session);
      tell({ kind: 'closed', session });
    },
    move(session, change) {
      leave(session);
      tell({ kind: 'closed', session });
      change();
      enter(session);
      tell({ kind: 'opened', session });
    },
  };
}
