import { agenticCommerceAbi, reputationRegistryAbi } from '@bonafide/contracts';
import { startLocalChain } from '@bonafide/contracts/local';
import { reputation } from '@bonafide/core/models';
import { encodeFunctionData, zeroHash } from 'viem';
import { describe, expect, it } from 'vitest';
import { useRelay } from '../relay/testing/use-relay.ts';

const world = useRelay(startLocalChain);

// Each test has its own provider, so each registers the next identity; the first id of a registry is 0.
let registered = 0n;

async function registerProvider(): Promise<bigint> {
  const { provider, calls } = world.parties;
  await provider.send(calls.register());
  registered += 1n;
  return registered - 1n;
}

async function settleJob(agentId: bigint, score: number): Promise<void> {
  const { client, provider, validator, calls, node } = world.parties;
  await client.send(await calls.create({ agentId }));
  const jobId = await node.readContract({
    address: world.chain.deployment.agenticCommerce,
    abi: agenticCommerceAbi,
    functionName: 'jobCount',
  });
  await provider.send(await calls.accept(jobId));
  await client.send(await calls.fund(jobId));
  await provider.send(calls.submit(jobId));
  await validator.send(calls.validate(jobId, score));
  await client.send(calls.settle(jobId));
}

async function record(agentId: bigint) {
  return reputation.parse(await world.harness.chain.getReputation(String(agentId)));
}

describe('the reputation of an agent', () => {
  it('is unknown before its first job, even for the very first identity', async () => {
    const agentId = await registerProvider();
    expect(await record(agentId)).toEqual({
      chainAgentId: String(agentId),
      settledJobs: 0,
      completedJobs: 0,
      rejectedJobs: 0,
    });
  });

  it('is the average of what its settled jobs scored, in whole points as the registry has it', async () => {
    const agentId = await registerProvider();
    await settleJob(agentId, 100);
    await settleJob(agentId, 51);
    expect(await record(agentId)).toEqual({
      chainAgentId: String(agentId),
      settledJobs: 2,
      averageScore: 75,
      completedJobs: 1,
      rejectedJobs: 1,
    });
  });

  it('counts nothing that anybody else wrote, whatever its tags say', async () => {
    const agentId = await registerProvider();
    await settleJob(agentId, 80);
    const args = [agentId, 1_000n, 0, 'bonafide.job', 'completed', '', '', zeroHash] as const;
    const data = encodeFunctionData({ abi: reputationRegistryAbi, functionName: 'giveFeedback', args });
    await world.parties.client.send({ to: world.chain.deployment.reputationRegistry, data });
    expect(await record(agentId)).toMatchObject({ settledJobs: 1, averageScore: 80, completedJobs: 1 });
  });

  it.each([['999999'], [String(2n ** 256n - 1n)]])('is not found for identity %s', async (chainAgentId) => {
    const error = await world.failure(world.harness.chain.getReputation(chainAgentId));
    expect(error.code).toBe('NOT_FOUND');
  });
});
