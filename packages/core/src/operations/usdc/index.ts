import { approveUsdc } from './approve.ts';
import { getUsdcAllowance } from './get-allowance.ts';
import { getUsdcBalance } from './get-balance.ts';
import { signUsdcAuthorization } from './sign-authorization.ts';
import { signUsdcPermit } from './sign-permit.ts';
import { transferUsdc } from './transfer.ts';

export const usdc = {
  getBalance: getUsdcBalance,
  getAllowance: getUsdcAllowance,
  approve: approveUsdc,
  transfer: transferUsdc,
  signPermit: signUsdcPermit,
  signAuthorization: signUsdcAuthorization,
};
