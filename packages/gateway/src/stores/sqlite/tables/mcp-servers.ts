import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type {
  McpAttestationTable,
  McpServerTable,
  McpServerTables,
  StoredAttestation,
  StoredMcpServer,
} from '../../mcp-servers.ts';
import { createSelector, json, optional, orNull, type Row, text } from '../sql.ts';

export function mcpServerTables(database: DatabaseSync): McpServerTables {
  return { mcpServers: serverTable(database), mcpAttestations: attestationTable(database) };
}

function serverTable(database: DatabaseSync): McpServerTable {
  const insert = database.prepare(
    `INSERT INTO mcp_servers (status, pinned, tools_digest, seen, seen_tools_digest, seen_digest, drift, drifted_by,
       checked_at, updated_at, server_id, workspace, name, registered_by, public_key, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = database.prepare(
    `UPDATE mcp_servers SET status = ?, pinned = ?, tools_digest = ?, seen = ?, seen_tools_digest = ?, seen_digest = ?,
       drift = ?, drifted_by = ?, checked_at = ?, updated_at = ? WHERE server_id = ? AND workspace = ?`,
  );
  const get = database.prepare('SELECT * FROM mcp_servers WHERE server_id = ? AND workspace = ?');
  const getByName = database.prepare('SELECT * FROM mcp_servers WHERE workspace = ? AND name = ?');
  const getStatus = database.prepare('SELECT status FROM mcp_servers WHERE workspace = ? AND name = ?');
  const select = createSelector(database);
  return {
    insert(server) {
      const { serverId, workspace, name, registeredBy, publicKey, createdAt } = server;
      insert.run(...changing(server), serverId, workspace, name, registeredBy, publicKey, createdAt);
    },
    update(server) {
      update.run(...changing(server), server.serverId, server.workspace);
    },
    get: ({ workspace, id }) => toServer(get.get(id, workspace)),
    getByName: (workspace, name) => toServer(getByName.get(workspace, name)),
    getStatusByName(workspace, name) {
      const row = getStatus.get(workspace, name);
      return row && (text(row, 'status') as StoredMcpServer['status']);
    },
    list: ({ workspace, status }, { before, limit }) =>
      select({
        from: 'mcp_servers',
        where: [
          ['workspace = ?', workspace],
          ['status = ?', status],
          ['server_id < ?', before],
        ],
        orderBy: 'server_id DESC',
        limit,
      }).flatMap((row) => toServer(row) ?? []),
  };
}

function changing(server: StoredMcpServer): SQLInputValue[] {
  return [
    ...[server.status, JSON.stringify(server.pinned), server.toolsDigest],
    ...[orNull(server.seen && JSON.stringify(server.seen)), server.seenToolsDigest, server.seenDigest],
    ...[JSON.stringify(server.drift), orNull(server.driftedBy), server.checkedAt, server.updatedAt],
  ];
}

function toServer(row: Row | undefined): StoredMcpServer | undefined {
  if (!row) return undefined;
  return {
    serverId: text(row, 'server_id'),
    workspace: text(row, 'workspace'),
    name: text(row, 'name'),
    status: text(row, 'status') as StoredMcpServer['status'],
    pinned: json(row, 'pinned'),
    toolsDigest: text(row, 'tools_digest'),
    ...(row.seen === null ? {} : { seen: json(row, 'seen') }),
    seenToolsDigest: text(row, 'seen_tools_digest'),
    seenDigest: text(row, 'seen_digest'),
    drift: json(row, 'drift'),
    ...optional(row, 'drifted_by', 'driftedBy'),
    registeredBy: text(row, 'registered_by'),
    publicKey: text(row, 'public_key'),
    checkedAt: text(row, 'checked_at'),
    createdAt: text(row, 'created_at'),
    updatedAt: text(row, 'updated_at'),
  };
}

function attestationTable(database: DatabaseSync): McpAttestationTable {
  const put = database.prepare(
    `INSERT INTO mcp_attestations (workspace, server_id, agent_id, tools_digest, at, envelope) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (workspace, server_id, agent_id)
     DO UPDATE SET tools_digest = excluded.tools_digest, at = excluded.at, envelope = excluded.envelope`,
  );
  const get = database.prepare(
    'SELECT * FROM mcp_attestations WHERE workspace = ? AND server_id = ? AND agent_id = ?',
  );
  const list = database.prepare(
    `SELECT * FROM mcp_attestations WHERE workspace = ? AND server_id = ? AND tools_digest = ? AND at >= ?
     ORDER BY agent_id`,
  );
  return {
    put({ workspace, serverId, agentId, toolsDigest, at, envelope }) {
      put.run(workspace, serverId, agentId, toolsDigest, at, envelope);
    },
    get({ workspace, id }, agentId) {
      const row = get.get(workspace, id, agentId);
      return row && toAttestation(row);
    },
    listOfServer: ({ workspace, id }, { toolsDigest, since }) =>
      list.all(workspace, id, toolsDigest, since).map(toAttestation),
  };
}

function toAttestation(row: Row): StoredAttestation {
  return {
    workspace: text(row, 'workspace'),
    serverId: text(row, 'server_id'),
    agentId: text(row, 'agent_id'),
    toolsDigest: text(row, 'tools_digest'),
    at: text(row, 'at'),
    envelope: text(row, 'envelope'),
  };
}
