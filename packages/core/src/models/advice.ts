import { z } from 'zod';
import { amountUsdc, uint256 } from './common.ts';

/** Whether work should be escrowed, and why. */
export const jobAdvice = z.object({
  recommendation: z.enum(['escrow', 'escrow_with_more_validators', 'direct', 'do_not']),
  reasons: z.array(z.string()),
  costs: z.object({
    platformFeeUsdc: amountUsdc.meta({
      description: 'Taken from what the provider gets, on completion only',
    }),
    bondUsdc: amountUsdc.meta({ description: 'Only in a dispute; the loser pays' }),
    gas: z.int().meta({ description: 'Of the whole happy path, both sides together, as measured' }),
    gasFeeWei: uint256.optional().meta({
      description: 'That gas at the current price, in the native token; absent when the node names no price',
    }),
  }),
  suggested: z.object({
    validators: z.int().min(1),
    threshold: z.int(),
    bondBps: z.int(),
    hasMilestones: z.boolean(),
  }),
});
export type JobAdvice = z.infer<typeof jobAdvice>;
