import { z } from 'zod';
import { address, amountUsdc, hash32, timestamp } from './common.ts';

/** An arbitrator after a write. */
export const arbitratorWrite = z.object({
  address,
  stakeUsdc: amountUsdc,
  status: z.enum(['active', 'leaving', 'left']),
  leaveFrom: timestamp.optional(),
  transactionHash: hash32.optional(),
});
