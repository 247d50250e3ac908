import type { LocalHandlersOf } from '../../client/local-handlers.ts';
import { setIdentityUri } from './set-uri.ts';
import { setIdentityWallet } from './set-wallet.ts';

export const identityHandlers: LocalHandlersOf<'identities'> = {
  'identities.setWallet': setIdentityWallet,
  'identities.setUri': setIdentityUri,
};
