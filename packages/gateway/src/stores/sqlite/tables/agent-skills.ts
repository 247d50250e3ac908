import type { DatabaseSync } from 'node:sqlite';
import type { Skill } from '@bonafide/core/models';
import type { AgentTable } from '../../store.ts';
import { json } from '../sql.ts';

interface AgentSkills extends Pick<AgentTable, 'setSkills' | 'getSkills'> {
  /** Those of the profile. */
  setCapabilities(agentId: string, capabilities: readonly string[]): void;
}

/** What agents say they can do, beside their rows, so that a search by it finds them at once. */
export function agentSkills(database: DatabaseSync): AgentSkills {
  const forget = database.prepare('DELETE FROM agent_capabilities WHERE agent_id = ? AND is_skill = ?');
  const claim = database.prepare(
    'INSERT OR IGNORE INTO agent_capabilities (capability, agent_id, is_skill) VALUES (?, ?, ?)',
  );
  const get = database.prepare('SELECT skills FROM agent_skills WHERE agent_id = ?');
  const put = database.prepare(
    'INSERT OR REPLACE INTO agent_skills (agent_id, skills, words) VALUES (?, ?, ?)',
  );
  const remove = database.prepare('DELETE FROM agent_skills WHERE agent_id = ?');

  function replace(agentId: string, capabilities: readonly string[], { isSkill }: { isSkill: 0 | 1 }): void {
    forget.run(agentId, isSkill);
    for (const capability of capabilities) claim.run(capability, agentId, isSkill);
  }

  return {
    setCapabilities: (agentId, capabilities) => replace(agentId, capabilities, { isSkill: 0 }),
    setSkills(agentId, skills) {
      const capabilities = skills.map(({ capability }) => capability);
      replace(agentId, capabilities, { isSkill: 1 });
      const words = skills.map(({ capability, description }) => `${capability} ${description}`).join('\n');
      if (skills.length > 0) put.run(agentId, JSON.stringify(skills), words);
      else remove.run(agentId);
    },
    getSkills(agentId) {
      const row = get.get(agentId);
      return row && json<Skill[]>(row, 'skills');
    },
  };
}
