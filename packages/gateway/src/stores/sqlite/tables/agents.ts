import type { DatabaseSync } from 'node:sqlite';
import type { AgentRecord } from '@bonafide/core/models';
import type { Page, ProfileQuery } from '../../queries.ts';
import type { AgentTable } from '../../store.ts';
import {
  type Condition,
  createSelector,
  json,
  optional,
  orNull,
  type Row,
  type Selection,
  text,
} from '../sql.ts';
import { agentSkills } from './agent-skills.ts';
import { LIVING_PEERS } from './peers.ts';

export function agentTable(database: DatabaseSync): AgentTable {
  const insertAgent = database.prepare(
    `INSERT INTO agents (agent_id, workspace, name, did, previous_dids, agent_type, description, capabilities, status,
       wallet, chain_agent_id, is_listed, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertKey = database.prepare('INSERT INTO agent_keys (did, agent_id) VALUES (?, ?)');
  const update = database.prepare(
    `UPDATE agents SET description = ?, capabilities = ?, status = ?, wallet = ?, chain_agent_id = ?, is_listed = ?,
       updated_at = ? WHERE workspace = ? AND agent_id = ?`,
  );
  const replaceKey = database.prepare(
    'UPDATE agents SET did = ?, previous_dids = ?, updated_at = ? WHERE workspace = ? AND agent_id = ?',
  );
  const { index, setSkills, getSkills } = agentSkills(database);
  return {
    setSkills,
    getSkills,
    insert(agent) {
      insertAgent.run(
        ...[agent.agentId, agent.workspace, agent.name, agent.did, JSON.stringify(agent.previousDids)],
        ...[agent.agentType, agent.description, JSON.stringify(agent.capabilities), agent.status],
        ...[orNull(agent.wallet), orNull(agent.chainAgentId), Number(agent.isListed)],
        ...[agent.createdAt, agent.updatedAt],
      );
      insertKey.run(agent.did, agent.agentId);
      index(agent.agentId);
    },
    update(agent) {
      update.run(
        ...[agent.description, JSON.stringify(agent.capabilities), agent.status, orNull(agent.wallet)],
        ...[
          orNull(agent.chainAgentId),
          Number(agent.isListed),
          agent.updatedAt,
          agent.workspace,
          agent.agentId,
        ],
      );
      index(agent.agentId);
    },
    replaceKey(agent, did) {
      const previous = JSON.stringify([...agent.previousDids, agent.did]);
      replaceKey.run(did, previous, agent.updatedAt, agent.workspace, agent.agentId);
      insertKey.run(did, agent.agentId);
    },
    ...agentReads(database),
  };
}

type AgentReads = Omit<AgentTable, 'insert' | 'update' | 'replaceKey' | 'setSkills' | 'getSkills'>;

function agentReads(database: DatabaseSync): AgentReads {
  const get = database.prepare('SELECT * FROM agents WHERE agent_id = ? AND workspace = ?');
  const getStatusOfKey = database.prepare('SELECT status FROM agents WHERE did = ?');
  const getAnywhere = database.prepare('SELECT * FROM agents WHERE agent_id = ?');
  const getByName = database.prepare('SELECT * FROM agents WHERE workspace = ? AND name = ?');
  const findByDid = database.prepare(
    'SELECT a.* FROM agent_keys k JOIN agents a USING (agent_id) WHERE k.did = ?',
  );
  const select = createSelector(database);
  const page = ({ from, where }: Pick<Selection, 'from' | 'where'>, { before, limit }: Page) =>
    select({
      from,
      where: [...where, ['agent_id < ?', before]],
      orderBy: 'agent_id DESC',
      limit,
    }).flatMap((row) => toAgent(row) ?? []);
  return {
    get: ({ workspace, id }) => toAgent(get.get(id, workspace)),
    getStatusOfKey(did) {
      const row = getStatusOfKey.get(did);
      return row && (text(row, 'status') as AgentRecord['status']);
    },
    getAnywhere: (agentId) => toAgent(getAnywhere.get(agentId)),
    getByName: (workspace, name) => toAgent(getByName.get(workspace, name)),
    findByDid: (did) => toAgent(findByDid.get(did)),
    list: ({ workspace, status }, range) =>
      page(
        {
          from: 'agents',
          where: [
            ['workspace = ?', workspace],
            ['status = ?', status],
          ],
        },
        range,
      ),
    listActive: ({ workspace, after, limit }) =>
      select({
        from: 'agents',
        where: [
          ['status = ?', 'active'],
          ['workspace = ?', workspace],
          ['agent_id > ?', after],
        ],
        orderBy: 'agent_id',
        limit,
      }).map((row) => ({ workspace: text(row, 'workspace'), agentId: text(row, 'agent_id') })),
    findProfiles: (query, range) => page(profileSelection(query), range),
  };
}

const SKILL_WORDS = `coalesce((SELECT words FROM agent_skills k WHERE k.agent_id = agents.agent_id), '')`;
/** In this order: by their index, which has them as they are to be listed. */
const CAPABLE = 'agent_capabilities c CROSS JOIN agents USING (agent_id)';
const OF_AGENT = 't.agent_id = agents.agent_id AND t.workspace = agents.workspace';

function profileSelection(query: ProfileQuery): Pick<Selection, 'from' | 'where'> {
  const { workspace, capability, text: words, minTrust, onlineAtMs } = query;
  const where: Condition[] = [
    ["status = 'active' AND (is_listed = 1 OR workspace = ?)", workspace],
    ['c.capability = ?', capability],
    [`instr(lower(name || ' ' || description || ' ' || ${SKILL_WORDS}), lower(?)) > 0`, words],
    [`EXISTS (SELECT 1 FROM trust_scores t WHERE ${OF_AGENT} AND round(t.score, 3) >= ?)`, minTrust],
    [`did IN (SELECT p.did FROM ${LIVING_PEERS} WHERE g.alive_until >= ?)`, onlineAtMs],
  ];
  return { from: capability === undefined ? 'agents' : CAPABLE, where };
}

function toAgent(row: Row | undefined): AgentRecord | undefined {
  if (!row) return undefined;
  return {
    agentId: text(row, 'agent_id'),
    did: text(row, 'did'),
    name: text(row, 'name'),
    agentType: text(row, 'agent_type') as AgentRecord['agentType'],
    description: text(row, 'description'),
    capabilities: json(row, 'capabilities'),
    status: text(row, 'status') as AgentRecord['status'],
    ...optional(row, 'wallet', 'wallet'),
    ...optional(row, 'chain_agent_id', 'chainAgentId'),
    isListed: row.is_listed === 1,
    workspace: text(row, 'workspace'),
    previousDids: json(row, 'previous_dids'),
    createdAt: text(row, 'created_at'),
    updatedAt: text(row, 'updated_at'),
  };
}
