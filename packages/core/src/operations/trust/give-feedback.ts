import { z } from 'zod';
import { id } from '../../models/common.ts';
import { feedback } from '../../models/trust.ts';
import { defineOperation } from '../define.ts';

export const giveFeedback = defineOperation({
  id: 'trust.giveFeedback',
  summary: 'Say what you think of an agent; people only',
  description:
    'Counts into the factor userFeedback. One person counts once for an agent and an action; the newest rating wins.',
  risk: 'low',
  access: 'workspace:trust.manage',
  http: { method: 'POST', path: '/v1/trust/{agentId}/feedback' },
  input: z.strictObject({
    agentId: id,
    rating: z.enum(['positive', 'negative']),
    comment: z.string().max(1000).optional(),
    actionId: id.optional(),
  }),
  output: feedback,
  errors: ['NOT_FOUND'],
  idempotent: true,
});
