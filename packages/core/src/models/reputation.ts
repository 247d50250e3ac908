import { z } from 'zod';
import { uint256 } from './common.ts';

/** Feedback that only a settled job could write (by the court, never by a party). */
export const reputation = z.object({
  chainAgentId: uint256,
  settledJobs: z.int(),
  averageScore: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .meta({ description: 'Absent when no job settled yet: unknown, not bad' }),
  completedJobs: z.int(),
  rejectedJobs: z.int(),
});
export type Reputation = z.infer<typeof reputation>;
