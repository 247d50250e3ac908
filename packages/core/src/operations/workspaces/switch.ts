import { z } from 'zod';
import { name } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const switchWorkspace = defineOperation({
  id: 'workspaces.switch',
  summary: 'Move the session to another workspace',
  description:
    'Moves a session to a workspace in which acl rules let its principal read: its address, inbox and keys are then those of that workspace. Returns the new address and configuration. UNSUPPORTED without a session.',
  risk: 'low',
  access: 'workspace:sessions.write',
  http: { method: 'POST', path: '/v1/workspaces/switch' },
  input: z.strictObject({ workspace: name }),
  output: z.object({ address: z.string(), workspace: z.string(), epoch: z.int() }),
  errors: ['NOT_FOUND', 'CONFLICT', 'UNSUPPORTED'],
  idempotent: true,
});
