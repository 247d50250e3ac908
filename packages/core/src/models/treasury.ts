import { z } from 'zod';
import { address, amountUsdc } from './common.ts';

/** What the protocol has taken and holds. */
export const treasuryBalances = z.object({
  treasury: address,
  reserveUsdc: amountUsdc,
  arbitrationFundUsdc: amountUsdc.meta({ description: 'Pays judges whom no loser pays' }),
  uncountedUsdc: amountUsdc.meta({ description: 'Arrived since the last sync' }),
  totalReceivedUsdc: amountUsdc,
  feeBps: z.int().meta({ description: 'Fee of jobs created now, in basis points' }),
  fundShareBps: z.int(),
});
export type TreasuryBalances = z.infer<typeof treasuryBalances>;

const figures = {
  created: z.int(),
  funded: z.int(),
  completed: z.int(),
  rejected: z.int(),
  expired: z.int(),
  disputed: z.int(),
  fundedUsdc: amountUsdc,
  paidUsdc: amountUsdc.meta({ description: 'To providers, fees taken off' }),
  refundedUsdc: amountUsdc,
  feesUsdc: amountUsdc.meta({ description: 'To the treasury' }),
};

/** What happened on this chain, in all and by day (UTC). */
export const protocolStats = z.object({
  ...figures,
  templates: z.int(),
  arbitrators: z.int(),
  stakedUsdc: amountUsdc,
  days: z.array(z.object({ date: z.iso.date(), ...figures })),
});
export type ProtocolStats = z.infer<typeof protocolStats>;
