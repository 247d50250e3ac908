import { z } from 'zod';
import { agent } from '../../models/agent.ts';
import { did } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const rotateAgentKey = defineOperation({
  id: 'agents.rotateKey',
  summary: 'Replace the key of the calling agent',
  description:
    'Called with the old key. `proof` is an envelope of type agent.key-rotation signed by the new key over the agent id and both DIDs, so nobody can attach a key that is not theirs. The old key stops working at once.',
  risk: 'medium',
  access: 'workspace:agents.write',
  http: { method: 'POST', path: '/v1/agents/self/rotate-key' },
  input: z.strictObject({
    newDid: did,
    proof: z.string().max(4000).meta({ description: 'Signed envelope, JSON text' }),
  }),
  output: agent,
  errors: ['CONFLICT', 'FORBIDDEN'],
  idempotent: false,
});
