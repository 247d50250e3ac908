import { z } from 'zod';
import { uint256 } from './common.ts';

const average = z.number().min(0).max(100).optional();

/** Feedback that only a settled job could write (by the court, never by a party). */
export const reputation = z.object({
  chainAgentId: uint256,
  settledJobs: z.int().meta({ description: 'As a provider; self-dealt jobs are not among them' }),
  averageScore: average.meta({ description: 'Absent when no job settled yet: unknown, not bad' }),
  weightedScore: average.meta({
    description: 'The average weighted by amount, so that many small jobs do not outweigh a large one',
  }),
  completedJobs: z.int(),
  rejectedJobs: z.int(),
  selfDealtJobs: z.int().meta({
    description: 'Jobs whose two sides are known to be the same owner; no average holds them',
  }),
  asClient: z.object({ settledJobs: z.int(), averageScore: average, weightedScore: average }),
});
export type Reputation = z.infer<typeof reputation>;
