import type { LocalHandlersOf } from '../../client/local-handlers.ts';
import { approveUsdc } from './approve.ts';
import { signUsdcAuthorization, signUsdcPermit } from './sign.ts';
import { transferUsdc } from './transfer.ts';

export const usdcHandlers: LocalHandlersOf<'usdc'> = {
  'usdc.approve': approveUsdc,
  'usdc.transfer': transferUsdc,
  'usdc.signPermit': signUsdcPermit,
  'usdc.signAuthorization': signUsdcAuthorization,
};
