import type { Agent } from '@bonafide/core';
import type { ChainGateway } from './gateway.ts';

const HASH = `0x${'1'.repeat(64)}`;

/** Three agents with linked wallets: the ERC-8004 feedback about a job is written, too. */
export interface Trade {
  readonly client: Agent;
  readonly provider: Agent;
  readonly validator: Agent;
  readonly payee: string;
}

/** Makes the parties of one trade. */
export async function openTrade({ openAgent }: ChainGateway, name: string): Promise<Trade> {
  const [client, provider, validator] = await Promise.all([
    openAgent(`client-${name}`),
    openAgent(`provider-${name}`),
    openAgent(`validator-${name}`),
  ]);
  const payee = provider.wallet.address;
  return { client: client.agent, provider: provider.agent, validator: validator.agent, payee };
}

const termsOf = ({ validator }: Trade) => ({
  validators: [validator.id],
  amountUsdc: '0.01',
  threshold: 50,
  submitBy: new Date(Date.now() + 3_600_000).toISOString(),
});

async function deliver({ provider, validator }: Trade, jobId: string): Promise<void> {
  await provider.jobs.submit({ jobId, deliverable: HASH, deliverableUri: 'ipfs://deliverable' });
  const score = { jobId, score: 100, evidenceHash: HASH, evidenceUri: 'ipfs://evidence' };
  const { status } = await validator.jobs.validate(score);
  if (status !== 'completed') throw new Error(`job ${jobId} is ${status}`);
}

/** A job from an offer to its payment, in three transactions. */
export async function byOffer(trade: Trade): Promise<void> {
  const { client, provider, payee } = trade;
  const offer = await provider.jobs.signOffer({ client: client.id, ...termsOf(trade) });
  const taking = { offer, amountUsdc: '0.01', provider: payee, description: 'Clean a file.' };
  await deliver(trade, (await client.jobs.takeOffer(taking)).jobId);
}

/** A job from its terms to its payment, in five transactions. */
export async function stepByStep(trade: Trade): Promise<void> {
  const { client, provider, payee } = trade;
  const { jobId } = await client.jobs.create({
    ...{ provider: provider.id, description: 'Clean a file.' },
    ...termsOf(trade),
  });
  await provider.jobs.accept({ jobId });
  await client.jobs.fund({ jobId, amountUsdc: '0.01', provider: payee });
  await deliver(trade, jobId);
}
