import { getWallet } from './get.ts';
import { linkWallet } from './link.ts';
import { withdrawPayouts } from './withdraw.ts';

export const wallets = {
  link: linkWallet,
  get: getWallet,
  withdraw: withdrawPayouts,
};
