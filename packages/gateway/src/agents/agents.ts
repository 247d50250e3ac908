import { BonafideError } from '@bonafide/core/errors';
import type { AgentProfile, AgentRecord, Skill } from '@bonafide/core/models';
import { expireAction } from '../approvals/approvals.ts';
import type { JsonObject } from '../json.ts';
import type { Transaction } from '../ledger.ts';
import type { Reader } from '../stores/store.ts';
import { refreshTrust } from '../trust/refresh.ts';
import { checkSkills, withSkills } from './skills.ts';

export interface Registration {
  readonly name: string;
  readonly agentType?: AgentRecord['agentType'] | undefined;
  readonly description?: string | undefined;
  readonly capabilities?: readonly string[] | undefined;
  readonly isListed?: boolean | undefined;
}

/** Fields that are absent or undefined stay as they are. */
export interface ProfileChange {
  readonly description?: string | undefined;
  readonly capabilities?: readonly string[] | undefined;
  /** In place of all that it had. */
  readonly skills?: readonly Skill[] | undefined;
  readonly isListed?: boolean | undefined;
  readonly wallet?: string | undefined;
  readonly chainAgentId?: string | undefined;
}

/** Registers a key under a name; the same key and name again is the same agent. */
export function registerAgent(
  tx: Transaction,
  { agentId, did, registration }: { agentId: string; did: string; registration: Registration },
): AgentRecord {
  const known = tx.tables.agents.findByDid(did);
  if (known) return assertSame(known, { did, name: registration.name, workspace: tx.workspace });
  if (tx.tables.agents.getByName(tx.workspace, registration.name)) {
    throw new BonafideError('CONFLICT', `The name ${registration.name} is taken in this workspace.`);
  }
  const agent: AgentRecord = {
    agentId,
    did,
    name: registration.name,
    agentType: registration.agentType ?? 'ai_agent',
    description: registration.description ?? '',
    capabilities: [...new Set(registration.capabilities)],
    status: 'active',
    isListed: registration.isListed ?? false,
    workspace: tx.workspace,
    previousDids: [],
    createdAt: tx.now,
    updatedAt: tx.now,
  };
  tx.tables.workspaces.ensure(tx.workspace, tx.now);
  tx.tables.agents.insert(agent);
  recordAgent(tx, { agent, type: 'agent.registered' });
  return agent;
}

/** Changes what the agent says of itself. */
export function updateAgent(
  tx: Transaction,
  { agentId, change }: { agentId: string; change: ProfileChange },
): AgentRecord {
  const updated = { ...applyChange(getActiveAgent(tx, agentId), change), updatedAt: tx.now };
  tx.tables.agents.update(updated);
  if (change.skills) {
    checkSkills(change.skills);
    tx.tables.agents.setSkills(agentId, change.skills);
  }
  const fields = Object.entries(change).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  recordAgent(tx, { agent: updated, type: 'agent.updated', data: { fields } });
  return withSkills(tx.tables, updated);
}

/** Replaces the key; the old one stops working with this commit and can never be registered again. */
export function rotateKey(
  tx: Transaction,
  { agentId, newDid }: { agentId: string; newDid: string },
): AgentRecord {
  const agent = getActiveAgent(tx, agentId);
  if (tx.tables.agents.findByDid(newDid)) {
    throw new BonafideError('CONFLICT', 'This key is or was the key of an agent. Make a new one.');
  }
  const rotated = {
    ...agent,
    did: newDid,
    previousDids: [...agent.previousDids, agent.did],
    updatedAt: tx.now,
  };
  tx.tables.agents.replaceKey({ ...agent, updatedAt: tx.now }, newDid);
  recordAgent(tx, { agent: rotated, type: 'agent.key-rotated', data: { oldDid: agent.did } });
  return rotated;
}

/** Revokes for good, and ends what the agent still had open; revoking again changes nothing. */
export function revokeAgent(
  tx: Transaction,
  { agentId, reason }: { agentId: string; reason: string },
): AgentRecord {
  const agent = getAgent(tx, agentId);
  if (agent.status === 'revoked') return agent;
  const revoked: AgentRecord = { ...agent, status: 'revoked', updatedAt: tx.now };
  tx.tables.agents.update(revoked);
  recordAgent(tx, { agent: revoked, type: 'agent.revoked', data: { reason } });
  for (const action of tx.tables.actions.listUndecidedOfAgent(tx.workspace, agentId)) {
    expireAction(tx, { action, reason: 'The agent was revoked.' });
  }
  refreshTrust(tx, { agentId, reason: 'The agent was revoked.' });
  return revoked;
}

/** An agent of the workspace; NOT_FOUND otherwise. */
export function getAgent(reader: Reader, agentId: string): AgentRecord {
  const agent = reader.tables.agents.get({ workspace: reader.workspace, id: agentId });
  if (!agent) throw new BonafideError('NOT_FOUND', 'There is no such agent in this workspace.');
  return agent;
}

/** What anyone may see of an agent. */
export function toProfile(agent: AgentRecord): AgentProfile {
  const { workspace, previousDids, createdAt, updatedAt, ...profile } = agent;
  return profile;
}

function applyChange(agent: AgentRecord, change: ProfileChange): AgentRecord {
  const { wallet, chainAgentId, ...rest } = agent;
  const isSameWallet = change.wallet === undefined || change.wallet.toLowerCase() === wallet?.toLowerCase();
  // An identity was proven with its wallet: another wallet starts without one.
  const identity = change.chainAgentId ?? (isSameWallet ? chainAgentId : undefined);
  const address = change.wallet ?? wallet;
  return {
    ...rest,
    description: change.description ?? agent.description,
    capabilities: [...new Set(change.capabilities ?? agent.capabilities)],
    isListed: change.isListed ?? agent.isListed,
    ...(address === undefined ? {} : { wallet: address }),
    ...(identity === undefined ? {} : { chainAgentId: identity }),
  };
}

function getActiveAgent(tx: Transaction, agentId: string): AgentRecord {
  const agent = getAgent(tx, agentId);
  if (agent.status === 'active') return agent;
  throw new BonafideError('REVOKED', 'This agent is revoked.');
}

function assertSame(
  known: AgentRecord,
  { did, name, workspace }: { did: string; name: string; workspace: string },
): AgentRecord {
  if (known.status === 'revoked') throw new BonafideError('REVOKED', 'The agent with this key is revoked.');
  if (known.did === did && known.name === name && known.workspace === workspace) return known;
  throw new BonafideError(
    'CONFLICT',
    'This key belongs to another agent already. A key names one agent, for good.',
  );
}

function recordAgent(
  tx: Transaction,
  { agent, type, data = {} }: { agent: AgentRecord; type: string; data?: JsonObject },
): void {
  const { agentId, name, did, status } = agent;
  tx.record({ type, subject: agentId, data: { agentId, name, did, status, ...data } });
}
