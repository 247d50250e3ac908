import type { DatabaseSync } from 'node:sqlite';
import type { PeerRegistration, PeerTables } from '../../peers.ts';
import { type Row, text } from '../sql.ts';

/** `p`: registrations whose session has its address; `g.alive_until` says until when its gateway lives. */
export const LIVING_PEERS =
  'peers p JOIN sessions s ON s.session_id = p.session_id JOIN gateways g ON g.gateway_id = s.gateway_id';

export function peerTables(database: DatabaseSync): PeerTables {
  const put = database.prepare(
    `INSERT OR REPLACE INTO peers (did, agent_id, workspace, session_id, gateway_id, allows_relay, registered_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const remove = database.prepare('DELETE FROM peers WHERE did = ? AND session_id = ?');
  const find = database.prepare(`SELECT p.* FROM ${LIVING_PEERS} WHERE p.did = ? AND g.alive_until >= ?`);
  return {
    peers: {
      put({ did, agentId, workspace, sessionId, gatewayId, allowsRelay, registeredAt }) {
        put.run(did, agentId, workspace, sessionId, gatewayId, Number(allowsRelay), registeredAt);
      },
      remove: (did, sessionId) => void remove.run(did, sessionId),
      find: (did, nowMs) => toRegistration(find.get(did, nowMs)),
    },
  };
}

function toRegistration(row: Row | undefined): PeerRegistration | undefined {
  return (
    row && {
      did: text(row, 'did'),
      agentId: text(row, 'agent_id'),
      workspace: text(row, 'workspace'),
      sessionId: text(row, 'session_id'),
      gatewayId: text(row, 'gateway_id'),
      allowsRelay: row.allows_relay === 1,
      registeredAt: text(row, 'registered_at'),
    }
  );
}
