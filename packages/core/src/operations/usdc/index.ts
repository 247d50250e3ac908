import { getUsdcBalance } from './get-balance.ts';

export const usdc = { getBalance: getUsdcBalance };
