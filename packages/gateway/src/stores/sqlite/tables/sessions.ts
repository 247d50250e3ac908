import type { DatabaseSync } from 'node:sqlite';
import type { Connection } from '@bonafide/core/models';
import type { Claim, ClaimTable, GatewayTable, SessionTable, SessionTables } from '../../sessions.ts';
import { createSelector, json, type Row, text } from '../sql.ts';

export function sessionTables(database: DatabaseSync): SessionTables {
  return {
    gateways: gatewayTable(database),
    sessions: sessionTable(database),
    claims: claimTable(database),
  };
}

function gatewayTable(database: DatabaseSync): GatewayTable {
  const insert = database.prepare(
    'INSERT INTO gateways (gateway_id, host, pid, alive_until) VALUES (?, ?, ?, ?)',
  );
  const renew = database.prepare('UPDATE gateways SET alive_until = ? WHERE gateway_id = ?');
  const removeSessions = database.prepare('DELETE FROM sessions WHERE gateway_id = ?');
  const removePeers = database.prepare('DELETE FROM peers WHERE gateway_id = ?');
  const remove = database.prepare('DELETE FROM gateways WHERE gateway_id = ?');
  const get = database.prepare('SELECT alive_until FROM gateways WHERE gateway_id = ?');
  const newest = database.prepare('SELECT max(alive_until) AS newest FROM gateways');
  const list = database.prepare('SELECT gateway_id, host, pid FROM gateways');
  const listExpired = database.prepare('SELECT gateway_id FROM gateways WHERE alive_until < ?');
  return {
    insert: ({ gatewayId, host, pid }, aliveUntil) => void insert.run(gatewayId, host, pid, aliveUntil),
    renew: (gatewayId, aliveUntil) => Number(renew.run(aliveUntil, gatewayId).changes) > 0,
    remove(gatewayId) {
      removeSessions.run(gatewayId);
      removePeers.run(gatewayId);
      remove.run(gatewayId);
    },
    getAliveUntil(gatewayId) {
      const row = get.get(gatewayId);
      return row && Number(row.alive_until);
    },
    getNewestAliveUntil() {
      const row = newest.get();
      return typeof row?.newest === 'number' ? row.newest : undefined;
    },
    listHomes: () =>
      list.all().map((row) => ({
        gatewayId: text(row, 'gateway_id'),
        host: text(row, 'host'),
        pid: Number(row.pid),
      })),
    listExpired: (nowMs) => listExpired.all(nowMs).map((row) => text(row, 'gateway_id')),
  };
}

function sessionTable(database: DatabaseSync): SessionTable {
  const put = database.prepare(
    `INSERT OR REPLACE INTO sessions (session_id, workspace, address, principal_type, gateway_id, record)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const remove = database.prepare('DELETE FROM sessions WHERE session_id = ?');
  const get = database.prepare('SELECT record FROM sessions WHERE session_id = ?');
  const getHolder = database.prepare('SELECT record FROM sessions WHERE workspace = ? AND address = ?');
  const select = createSelector(database);
  return {
    put(session) {
      const { sessionId, workspace, address, principalType, gatewayId } = session;
      put.run(sessionId, workspace, address, principalType, gatewayId, JSON.stringify(session));
    },
    remove: (sessionId) => void remove.run(sessionId),
    get: (sessionId) => toConnection(get.get(sessionId)),
    getHolder: (workspace, address) => toConnection(getHolder.get(workspace, address)),
    list: ({ workspace, address, principalType, nowMs }, { before, limit }) =>
      select({
        from: 'sessions',
        where: [
          ['workspace = ?', workspace],
          ['address = ?', address],
          ['principal_type = ?', principalType],
          ['gateway_id IN (SELECT gateway_id FROM gateways WHERE alive_until >= ?)', nowMs],
          ['session_id < ?', before],
        ],
        orderBy: 'session_id DESC',
        limit,
      }).map((row) => json<Connection>(row, 'record')),
  };
}

function toConnection(row: Row | undefined): Connection | undefined {
  return row && json<Connection>(row, 'record');
}

function claimTable(database: DatabaseSync): ClaimTable {
  const put = database.prepare(
    `INSERT INTO claims (workspace, address, actor, epoch, resume_hash, previous_hash, is_generated, used_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (workspace, address) DO UPDATE SET actor = excluded.actor, epoch = excluded.epoch,
       resume_hash = excluded.resume_hash, previous_hash = excluded.previous_hash, is_generated = excluded.is_generated, used_at = excluded.used_at`,
  );
  const get = database.prepare('SELECT * FROM claims WHERE workspace = ? AND address = ?');
  const find = database.prepare(
    'SELECT * FROM claims WHERE (resume_hash = ?1 OR previous_hash = ?1) AND workspace = ?2',
  );
  const prune = database.prepare(
    `DELETE FROM claims WHERE is_generated = 1 AND used_at < ? AND NOT EXISTS
       (SELECT 1 FROM sessions s WHERE s.workspace = claims.workspace AND s.address = claims.address)`,
  );
  return {
    put({ workspace, address, actor, epoch, resumeHash, previousHash, isGenerated, usedAt }) {
      const hashes = [resumeHash, previousHash ?? null];
      put.run(workspace, address, actor, epoch, ...hashes, isGenerated ? 1 : 0, usedAt);
    },
    get: (workspace, address) => toClaim(get.get(workspace, address)),
    findByResumeHash: (workspace, resumeHash) => toClaim(find.get(resumeHash, workspace)),
    prune: (before) => void prune.run(before),
  };
}

function toClaim(row: Row | undefined): Claim | undefined {
  return (
    row && {
      workspace: text(row, 'workspace'),
      address: text(row, 'address'),
      actor: text(row, 'actor'),
      epoch: Number(row.epoch),
      resumeHash: text(row, 'resume_hash'),
      ...(row.previous_hash === null ? {} : { previousHash: text(row, 'previous_hash') }),
      isGenerated: row.is_generated === 1,
      usedAt: text(row, 'used_at'),
    }
  );
}
