import { z } from 'zod';
import { address, amountUsdc, id, uint256 } from './common.ts';

/** What a wallet signs (EIP-191) to prove that it belongs to an agent; verified by the gateway before it is shown to anyone. */
export function walletLinkMessage(link: { readonly did: string; readonly address: string }): string {
  return `Bonafide wallet link v1\nagent: ${link.did}\nwallet: ${link.address.toLowerCase()}`;
}

/** A proven wallet and what waits for it. */
export const walletState = z.object({
  agentId: id,
  wallet: address,
  chainAgentId: uint256.optional(),
  waitingUsdc: amountUsdc.meta({
    description: 'Payouts that the token refused; collect them with wallets.withdraw',
  }),
});
