import { z } from 'zod';
import { did, jsonObject } from '../../models/common.ts';
import { intentReply } from '../../models/peer.ts';
import { capability } from '../../models/skill.ts';
import { defineLocalOperation } from '../define.ts';

export const sendPeerIntent = defineLocalOperation({
  id: 'peers.sendIntent',
  summary: 'Ask a peer what it would do, and at what price',
  description:
    'Says what you want, in words (query) or as a task with params, and returns whether the peer accepts, what input it needs and what it costs. Nothing runs yet: next peers.execute with the intentId, or jobs.takeOffer when the quote has an offer.',
  risk: 'low',
  input: z.strictObject({
    did,
    query: z.string().min(1).max(2_000).optional(),
    context: jsonObject.optional(),
    task: capability.optional(),
    params: jsonObject.optional(),
  }),
  output: z.object({ intentId: z.string(), ...intentReply.shape }),
  errors: ['VALIDATION_FAILED', 'NOT_FOUND', 'FORBIDDEN', 'UNAVAILABLE', 'TIMEOUT', 'UNSUPPORTED'],
  toolset: 'peers',
  idempotent: false,
});
