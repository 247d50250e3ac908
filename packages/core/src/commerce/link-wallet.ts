import { identityRegistryAbi } from '@bonafide/contracts';
import { parseEventLogs } from 'viem';
import type { z } from 'zod';
import type { LocalContext } from '../client/local-handlers.ts';
import { BonafideError } from '../errors.ts';
import { walletLinkMessage } from '../models/wallet.ts';
import type { linkWallet as operation } from '../operations/wallets/link.ts';
import { openChain } from './chain.ts';
import { requireDid, requireWallet } from './context.ts';
import { transact } from './transact.ts';

type Output = z.output<(typeof operation)['output']>;

/** wallets.link: proves the wallet to the gateway and gives it an ERC-8004 identity when it has none. */
export async function linkWallet(context: LocalContext): Promise<Output> {
  const account = requireWallet(context);
  const linked = await findLink(context, account.address);
  if (linked) return linked;
  const signature = await account.signMessage({
    message: walletLinkMessage({ did: requireDid(context), address: account.address }),
  });
  // The proof comes first: the relay then knows whose transactions it takes.
  const record = await context.client.agents.update({ wallet: { address: account.address, signature } });
  if (record.chainAgentId !== undefined)
    return { wallet: account.address, chainAgentId: record.chainAgentId };
  const chainAgentId = await registerIdentity(context);
  await context.client.agents.update({ chainAgentId });
  return { wallet: account.address, chainAgentId };
}

async function findLink(
  { client, agentId, signal }: LocalContext,
  address: string,
): Promise<Output | undefined> {
  if (agentId === undefined) return undefined;
  const { wallet, chainAgentId } = await client.agents.get({ agentId }, { signal });
  const isSame = wallet?.toLowerCase() === address.toLowerCase();
  return wallet && isSame && chainAgentId !== undefined ? { wallet, chainAgentId } : undefined;
}

async function registerIdentity(context: LocalContext): Promise<string> {
  const { identityRegistry } = (await openChain(context)).deployment;
  const receipt = await transact(context, {
    address: identityRegistry,
    abi: identityRegistryAbi,
    functionName: 'register',
    args: [registrationFile(requireDid(context))],
  });
  const ours = receipt.logs.filter((log) => log.address.toLowerCase() === identityRegistry.toLowerCase());
  const [registered] = parseEventLogs({ abi: identityRegistryAbi, eventName: 'Registered', logs: ours });
  if (!registered)
    throw new BonafideError('INTERNAL', 'The transaction went through but registered no identity.');
  return registered.args.agentId.toString();
}

// ERC-8004 registration file, carried in the URI itself so that it needs no host.
function registrationFile(did: string): string {
  const file = {
    type: 'https://eips.ethereum.org/EIPS/eip-8004#registration-v1',
    name: did,
    services: [{ name: 'DID', endpoint: did, version: 'v1' }],
  };
  return `data:application/json;base64,${btoa(JSON.stringify(file))}`;
}
