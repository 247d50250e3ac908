import { getTreasuryBalances } from './get-balances.ts';
import { getProtocolStats } from './get-stats.ts';
import { syncTreasury } from './sync.ts';

export const treasury = {
  getBalances: getTreasuryBalances,
  getStats: getProtocolStats,
  sync: syncTreasury,
};
