import { agenticCommerceAbi } from '@bonafide/contracts';
import { type Address, getAddress } from 'viem';
import type { LocalContext } from '../../client/local-handlers.ts';
import type { AgentProfile } from '../../models/agent.ts';
import type { ChainJob } from '../chain-job.ts';
import { requireWallet } from '../context.ts';
import { reading } from '../reading.ts';
import { conflict, invalid } from '../refusals.ts';
import { isSameAddress } from '../same-address.ts';

/** An agent as the terms of a job name it. */
export interface Party {
  readonly address: Address;
  /** ERC-8004 id. */
  readonly chainAgentId: string | undefined;
}

/** The proven wallet of an agent; `path` is the field of the input that named it. */
export async function findParty(
  { client, signal }: LocalContext,
  { agentId, path }: { readonly agentId: string; readonly path: string },
): Promise<Party> {
  const profile: AgentProfile = await client.agents.get({ agentId }, { signal });
  if (profile.status !== 'active') throw invalid(path, `agent ${profile.name} is revoked`);
  if (!profile.wallet)
    throw invalid(path, `agent ${profile.name} has no proven wallet; it must call wallets.link first`);
  return { address: getAddress(profile.wallet), chainAgentId: profile.chainAgentId };
}

/** The agent itself, with the identity that belongs to its wallet. */
export async function findSelf(context: LocalContext): Promise<Party> {
  const { address } = requireWallet(context);
  const { client, signal, agentId } = context;
  if (agentId === undefined) return { address, chainAgentId: undefined };
  const { wallet, chainAgentId } = await client.agents.get({ agentId }, { signal });
  const isLinked = wallet?.toLowerCase() === address.toLowerCase();
  return { address, chainAgentId: isLinked ? chainAgentId : undefined };
}

/** Throws CONFLICT unless the wallet is the provider of the job, or the wallet that the provider's agent is paid to. */
export async function requireProvider(job: ChainJob, address: Address): Promise<void> {
  if (isSameAddress(job.provider, address) || isSameAddress(await payeeOf(job), address)) return;
  throw conflict(`Job ${job.jobId} is offered to ${job.provider}, not to this wallet.`, { reason: 'SIGNER' });
}

/** Who would be paid now: the registered wallet of the provider's agent, else the provider. */
export async function payeeOf({ chain, jobId }: ChainJob): Promise<Address> {
  const { node, deployment } = chain;
  const address = deployment.agenticCommerce;
  const request = { address, abi: agenticCommerceAbi, functionName: 'payeeOf', args: [jobId] } as const;
  return reading('who is paid', () => node.readContract(request));
}
