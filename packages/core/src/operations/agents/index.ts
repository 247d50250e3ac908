import { findAgents } from './find.ts';
import { getAgent } from './get.ts';
import { listAgents } from './list.ts';
import { registerAgent } from './register.ts';
import { revokeAgent } from './revoke.ts';
import { rotateAgentKey } from './rotate-key.ts';
import { updateAgent } from './update.ts';

export const agents = {
  register: registerAgent,
  get: getAgent,
  find: findAgents,
  list: listAgents,
  update: updateAgent,
  rotateKey: rotateAgentKey,
  revoke: revokeAgent,
};
