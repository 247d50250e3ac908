import { getIdentity } from './get.ts';
import { setIdentityUri } from './set-uri.ts';
import { setIdentityWallet } from './set-wallet.ts';

export const identities = {
  get: getIdentity,
  setWallet: setIdentityWallet,
  setUri: setIdentityUri,
};
