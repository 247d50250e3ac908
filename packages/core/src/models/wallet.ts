/** What a wallet signs (EIP-191) to prove that it belongs to an agent; verified by the gateway before it is shown to anyone. */
export function walletLinkMessage(link: { readonly did: string; readonly address: string }): string {
  return `Bonafide wallet link v1\nagent: ${link.did}\nwallet: ${link.address.toLowerCase()}`;
}
