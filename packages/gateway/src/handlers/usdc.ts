import { requireChain } from '../context.ts';
import { readUsdcAllowance, readUsdcBalance } from '../usdc/balance.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const usdcHandlers: HandlersOf<IdsOf<'usdc'>> = {
  'usdc.getBalance': async (context, { address }) => ({
    address,
    amountUsdc: await readUsdcBalance(requireChain(context).node, address),
  }),
  'usdc.getAllowance': async (context, { owner, spender }) => ({
    ...{ owner, spender },
    amountUsdc: await readUsdcAllowance(requireChain(context).node, { owner, spender }),
  }),
};
