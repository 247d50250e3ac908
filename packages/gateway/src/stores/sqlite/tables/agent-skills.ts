import type { DatabaseSync } from 'node:sqlite';
import type { Skill } from '@bonafide/core/models';
import type { AgentTable } from '../../store.ts';
import { json } from '../sql.ts';

interface AgentSkills extends Pick<AgentTable, 'setSkills' | 'getSkills'> {
  /** After a change of the profile, so that a search by capability finds what it says. */
  index(agentId: string): void;
}

/** What agents do for others, beside their rows. */
export function agentSkills(database: DatabaseSync): AgentSkills {
  const forget = database.prepare('DELETE FROM agent_capabilities WHERE agent_id = ?');
  const claim = database.prepare(
    `INSERT INTO agent_capabilities (capability, agent_id)
     SELECT c.value, a.agent_id FROM agents a, json_each(a.capabilities) c WHERE a.agent_id = ?1
     UNION
     SELECT s.value ->> 'capability', k.agent_id FROM agent_skills k, json_each(k.skills) s WHERE k.agent_id = ?1`,
  );
  const get = database.prepare('SELECT skills FROM agent_skills WHERE agent_id = ?');
  const put = database.prepare(
    'INSERT OR REPLACE INTO agent_skills (agent_id, skills, words) VALUES (?, ?, ?)',
  );
  const remove = database.prepare('DELETE FROM agent_skills WHERE agent_id = ?');

  function index(agentId: string): void {
    forget.run(agentId);
    claim.run(agentId);
  }

  return {
    index,
    setSkills(agentId, skills) {
      const words = skills.map(({ capability, description }) => `${capability} ${description}`).join('\n');
      if (skills.length > 0) put.run(agentId, JSON.stringify(skills), words);
      else remove.run(agentId);
      index(agentId);
    },
    getSkills(agentId) {
      const row = get.get(agentId);
      return row && json<Skill[]>(row, 'skills');
    },
  };
}
