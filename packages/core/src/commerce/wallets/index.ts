import type { LocalHandlersOf } from '../../client/local-handlers.ts';
import { linkWallet } from '../link-wallet.ts';
import { withdrawPayouts } from './withdraw.ts';

export const walletHandlers: LocalHandlersOf<'wallets'> = {
  'wallets.link': linkWallet,
  'wallets.withdraw': withdrawPayouts,
};
