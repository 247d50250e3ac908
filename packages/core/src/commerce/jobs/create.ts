import { agenticCommerceAbi, encodeProposal } from '@bonafide/contracts';
import { type Address, getAddress, parseEventLogs, zeroHash } from 'viem';
import type { z } from 'zod';
import type { LocalContext } from '../client/local-handlers.ts';
import { BonafideError, ValidationError } from '../errors.ts';
import type { AgentProfile } from '../models/agent.ts';
import { parseUsdc } from '../models/money.ts';
import type { createJob as operation } from '../operations/jobs/create.ts';
import { openChain } from './chain.ts';
import { requireWallet } from './context.ts';
import { guardPayment } from './guard.ts';
import { toHash } from './hex.ts';
import { transact } from './transact.ts';

type Input = z.output<(typeof operation)['input']>;
type Output = z.output<(typeof operation)['output']>;

/** jobs.create: an open job with its budget and terms in one transaction. */
export async function createJob(context: LocalContext, input: Input): Promise<Output> {
  const wallet = requireWallet(context).address;
  const expiresAt = toSeconds(input.expiresAt);
  if (toSeconds(input.submitBy) >= expiresAt) throw invalid('expiresAt', 'must be later than submitBy');
  const [provider, validator] = await Promise.all([
    findParty(context, 'provider', input.provider),
    findParty(context, 'validator', input.validator),
  ]);
  const units = parseUsdc(input.amountUsdc);
  if (units === 0n) throw invalid('amountUsdc', 'must be more than zero');
  guardPayment(context, { wallet, provider: provider.wallet, units });

  const { agenticCommerce, court } = (await openChain(context)).deployment;
  const terms = encodeProposal({
    validator: validator.wallet,
    threshold: input.threshold,
    submitBy: toSeconds(input.submitBy),
    specHash: input.specHash === undefined ? zeroHash : toHash(input.specHash),
    hasAgentId: provider.chainAgentId !== undefined,
    providerAgentId: BigInt(provider.chainAgentId ?? 0),
  });
  const receipt = await transact(context, {
    address: agenticCommerce,
    abi: agenticCommerceAbi,
    functionName: 'createJobWithBudget',
    args: [provider.wallet, court, BigInt(expiresAt), input.description, court, units, terms],
  });
  const ours = receipt.logs.filter((log) => log.address.toLowerCase() === agenticCommerce.toLowerCase());
  const [created] = parseEventLogs({ abi: agenticCommerceAbi, eventName: 'JobCreated', logs: ours });
  if (!created) throw new BonafideError('INTERNAL', 'The transaction went through but created no job.');
  return { jobId: created.args.jobId.toString(), transactionHash: receipt.transactionHash, status: 'open' };
}

interface Party {
  readonly wallet: Address;
  readonly chainAgentId: string | undefined;
}

async function findParty(
  { client, signal }: LocalContext,
  role: 'provider' | 'validator',
  agentId: string,
): Promise<Party> {
  const profile: AgentProfile = await client.agents.get({ agentId }, { signal });
  if (profile.status !== 'active') throw invalid(role, `agent ${profile.name} is revoked`);
  if (!profile.wallet)
    throw invalid(role, `agent ${profile.name} has no proven wallet; it must call wallets.link first`);
  return { wallet: getAddress(profile.wallet), chainAgentId: profile.chainAgentId };
}

const toSeconds = (time: string): number => Math.floor(Date.parse(time) / 1000);

const invalid = (path: string, message: string): ValidationError =>
  new ValidationError(`${path} ${message}.`, { issues: [{ path, message }] });
