import { agenticCommerceAbi, identityRegistryAbi, reputationRegistryAbi } from '@bonafide/contracts';
import { startLocalChain } from '@bonafide/contracts/local';
import { BonafideError } from '@bonafide/core/errors';
import { type Reputation, reputation } from '@bonafide/core/models';
import { encodeFunctionData, zeroHash } from 'viem';
import { describe, expect, it } from 'vitest';
import type { Offer } from '../chain/testing/calls.ts';
import type { Party } from '../chain/testing/parties.ts';
import type { Context } from '../context.ts';
import { useRelay } from '../relay/testing/use-relay.ts';
import { getReputation, listFeedback } from './reputation.ts';

const world = useRelay(startLocalChain);

// The first id of a registry is 0, and each registration gives the next.
let registered = 0n;

async function register(party: Party): Promise<bigint> {
  await party.send(world.parties.calls.register());
  registered += 1n;
  return registered - 1n;
}

async function endJob(offer: Offer, score: number): Promise<void> {
  const { client, provider, validator, calls, node } = world.parties;
  await client.send(await calls.create(offer));
  const jobId = await node.readContract({
    address: world.chain.deployment.agenticCommerce,
    abi: agenticCommerceAbi,
    functionName: 'jobCount',
  });
  await provider.send(await calls.accept(jobId));
  await client.send(await calls.fund(jobId, offer.budget));
  await provider.send(calls.submit(jobId));
  await validator.send(await calls.validate(jobId, score));
  // Without a dispute window the validator's score is the end.
  await world.harness.event(
    ({ type, subject }) => subject === String(jobId) && /^job\.(completed|rejected)$/.test(type),
  );
}

const rules = {
  ...{ disputeWindow: 0, bondBps: 0, evidenceWindow: 0, rulingWindow: 0, defaultPercent: 0 },
};

/** As a token asks, who has no writes of its own to wait for. */
function context(): Context {
  const { chain, read } = world.harness;
  return { chain, read, principal: { kind: 'anonymous' } } as unknown as Context;
}

async function record(agentId: bigint): Promise<Reputation> {
  return reputation.strict().parse(await getReputation(context(), String(agentId)));
}

const unknownClient = { settledJobs: 0 };

describe('the reputation of an agent', () => {
  it('is unknown before its first job, even for the very first identity', async () => {
    const agentId = await register(world.parties.provider);
    expect(await record(agentId)).toEqual({
      ...{ chainAgentId: String(agentId), settledJobs: 0, completedJobs: 0, rejectedJobs: 0 },
      ...{ selfDealtJobs: 0, asClient: unknownClient },
    });
  });

  it('is the average of what its settled jobs scored, plain and by amount, for both sides', async () => {
    const { client, provider } = world.parties;
    const [agentId, clientAgentId] = [await register(provider), await register(client)];
    const offer = { agentId, clientAgentId, rules };
    await endJob({ ...offer, budget: 30_000_000n }, 100);
    await endJob({ ...offer, budget: 10_000_000n }, 40);
    expect(await record(agentId)).toEqual({
      ...{ chainAgentId: String(agentId), settledJobs: 2, completedJobs: 1, rejectedJobs: 1 },
      ...{ averageScore: 70, weightedScore: 85, selfDealtJobs: 0, asClient: unknownClient },
    });
    expect(await record(clientAgentId)).toMatchObject({
      settledJobs: 0,
      asClient: { settledJobs: 2, averageScore: 100, weightedScore: 100 },
    });
    const { items, nextCursor } = await listFeedback(context(), { chainAgentId: String(agentId), limit: 1 });
    expect(items).toMatchObject([
      { about: 'provider', value: 40, amountUsdc: '10', isWritten: true, isSelfDealt: false },
    ]);
    const rest = await listFeedback(context(), {
      ...{ chainAgentId: String(agentId), cursor: nextCursor },
    });
    expect(rest).toMatchObject({ items: [{ value: 100, amountUsdc: '30' }] });
  });

  it('counts apart what somebody paid to an identity of its own', async () => {
    const { client, provider, node } = world.parties;
    const { identityRegistry } = world.chain.deployment;
    const agentId = await register(provider);
    await endJob({ agentId, rules }, 50);
    const from = provider.account.address;
    const args = [from, client.account.address, agentId] as const;
    const data = encodeFunctionData({ abi: identityRegistryAbi, functionName: 'transferFrom', args });
    const { calls } = world.parties;
    await client.send(await calls.create({ agentId, rules }));
    const kernel = { address: world.chain.deployment.agenticCommerce, abi: agenticCommerceAbi } as const;
    const jobId = await node.readContract({ ...kernel, functionName: 'jobCount' });
    await provider.send(await calls.accept(jobId));
    await client.send(await calls.fund(jobId));
    await provider.send(calls.submit(jobId));
    await provider.send({ to: identityRegistry, data });
    await world.parties.validator.send(await calls.validate(jobId, 100));
    await world.harness.event((it) => it.subject === String(jobId) && it.type === 'job.completed');
    expect(await record(agentId)).toMatchObject({ settledJobs: 1, averageScore: 50, selfDealtJobs: 1 });
    const { items } = await listFeedback(context(), { chainAgentId: String(agentId) });
    expect(items.map(({ isSelfDealt }) => isSelfDealt)).toEqual([true, false]);
  });

  it('counts nothing that anybody else wrote, whatever its tags say', async () => {
    const agentId = await register(world.parties.provider);
    await endJob({ agentId, rules }, 80);
    const args = [agentId, 1_000n, 0, 'bonafide.job', 'completed', '', '', zeroHash] as const;
    const data = encodeFunctionData({ abi: reputationRegistryAbi, functionName: 'giveFeedback', args });
    await world.parties.client.send({ to: world.chain.deployment.reputationRegistry, data });
    expect(await record(agentId)).toMatchObject({ settledJobs: 1, averageScore: 80, completedJobs: 1 });
  });

  it('cannot be escaped by making the registry refuse what the court writes', async () => {
    const { provider } = world.parties;
    const { identityRegistry, court } = world.chain.deployment;
    const agentId = await register(provider);
    const args = [court, true] as const;
    const data = encodeFunctionData({ abi: identityRegistryAbi, functionName: 'setApprovalForAll', args });
    await provider.send({ to: identityRegistry, data });
    await endJob({ agentId, rules }, 3);
    expect(await record(agentId)).toMatchObject({ settledJobs: 1, averageScore: 3, rejectedJobs: 1 });
    const { items } = await listFeedback(context(), { chainAgentId: String(agentId) });
    expect(items).toMatchObject([{ isWritten: false }]);
  });

  it('answers what is indexed while the chain is away, and not what only the chain knows', async () => {
    const agentId = await register(world.parties.provider);
    await endJob({ agentId, rules }, 90);
    world.proxy.treat(() => 'drop');
    expect(await record(agentId)).toMatchObject({ averageScore: 90 });
    expect((await world.failure(getReputation(context(), '999999'))).code).toBe('UNAVAILABLE');
    world.proxy.treat(() => 'forward');
  });

  it.each([['999999'], [String(2n ** 256n - 1n)]])('is not found for identity %s', async (chainAgentId) => {
    const error = await world.failure(getReputation(context(), chainAgentId));
    expect(BonafideError.is(error) && error.code).toBe('NOT_FOUND');
  });
});
