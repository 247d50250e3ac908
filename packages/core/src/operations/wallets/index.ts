import { linkWallet } from './link.ts';

export const wallets = { link: linkWallet };
