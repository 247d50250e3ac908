import { requireChain } from '../context.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const usdcHandlers: HandlersOf<IdsOf<'usdc'>> = {
  'usdc.getBalance': async (context, { address }) => ({
    address,
    amountUsdc: await requireChain(context).getUsdcBalance(address),
  }),
};
