import { BonafideError, ValidationError } from '@bonafide/core/errors';
import type { AgentProfile, Skill } from '@bonafide/core/models';
import type { Reads } from '../stores/store.ts';

/** Of all skills of an agent, as JSON. */
const MAX_SKILLS_BYTES = 65_536;

/** ValidationError where two skills have one name, PAYLOAD_TOO_LARGE where all together are too long. */
export function checkSkills(skills: readonly Skill[]): void {
  const names = new Set<string>();
  const issues = skills.flatMap(({ capability }, index) => {
    if (names.has(capability))
      return [{ path: `skills.${index}.capability`, message: 'is another skill, too' }];
    names.add(capability);
    return [];
  });
  if (issues.length > 0) throw new ValidationError('Each skill has a capability of its own.', { issues });
  if (Buffer.byteLength(JSON.stringify(skills)) <= MAX_SKILLS_BYTES) return;
  throw new BonafideError(
    'PAYLOAD_TOO_LARGE',
    `The skills of an agent have at most ${MAX_SKILLS_BYTES} bytes as JSON.`,
  );
}

/** An agent with what it does for others, as it is shown. */
export function withSkills<Shown extends AgentProfile>(
  { agents }: Pick<Reads, 'agents'>,
  agent: Shown,
): Shown {
  const skills = agents.getSkills(agent.agentId);
  return skills ? { ...agent, skills } : agent;
}
