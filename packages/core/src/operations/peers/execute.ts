import { z } from 'zod';
import { did, jsonObject } from '../../models/common.ts';
import { capability } from '../../models/skill.ts';
import { defineLocalOperation } from '../define.ts';

export const executeOnPeer = defineLocalOperation({
  id: 'peers.execute',
  summary: 'Have a peer run one of its capabilities',
  description:
    'Runs a capability of a peer with these arguments and returns its result. Pass the intentId of an accepted peers.sendIntent when there was one. The peer asks its own policy first, so this can take as long as a person needs there.',
  risk: 'medium',
  input: z.strictObject({
    did,
    capability,
    args: jsonObject.default({}),
    intentId: z.string().max(64).optional(),
    timeoutMs: z
      .int()
      .min(1)
      .max(86_400_000)
      .optional()
      .meta({ description: 'For the whole execution; default 60,000' }),
  }),
  output: z.object({
    executionId: z.string(),
    result: z.json(),
    chunks: z.array(z.json()).meta({ description: 'What was streamed before the result' }),
    durationMs: z.number().meta({ isForPrograms: true }),
  }),
  errors: [
    ...(['VALIDATION_FAILED', 'NOT_FOUND', 'FORBIDDEN', 'DENIED', 'CONFLICT', 'EXPIRED'] as const),
    ...(['UNAVAILABLE', 'TIMEOUT', 'UNSUPPORTED'] as const),
  ],
  toolset: 'peers',
  idempotent: false,
});
