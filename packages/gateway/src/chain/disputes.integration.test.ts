import { startLocalChain } from '@bonafide/contracts/local';
import { dispute, job, jobHistoryEntry } from '@bonafide/core/models';
import { describe, expect, it } from 'vitest';
import { getArbitrator, listArbitrators } from '../arbitrators/read-arbitrators.ts';
import { listDisputes } from '../disputes/read-disputes.ts';
import { listHistory, listJobs, nowOf } from '../jobs/read-jobs.ts';
import { readStats } from '../stats/read-stats.ts';
import { eventually, startHarness } from './testing/harness.ts';
import { useCourt } from './testing/use-court.ts';

const world = useCourt(startLocalChain);

const withRevalidator = () => ({
  rules: { revalidators: [world.revalidator.account.address], requiredRepasses: 1 },
});

async function open(jobId: bigint): Promise<void> {
  const { provider, calls, disputes, chain, has } = world;
  await provider.send(calls.approve(chain.deployment.disputes, 10_000_000n));
  await provider.send(await disputes.open(jobId, true));
  await has('dispute.opened', jobId);
}

/** The dispute goes to arbitration, and its draw is recorded. */
async function toArbitration(jobId: bigint): Promise<void> {
  const { provider, disputes, pass, has } = world;
  await pass(1);
  await provider.send(disputes.touch('captureEntropy', jobId));
  await has('dispute.entropy-captured', jobId);
  await pass(3_700);
}

describe('a dispute', () => {
  it('is followed through all tiers to the ruling', async () => {
    const { client, provider, revalidator, calls, disputes, chain, harness, has, pass } = world;
    await world.seatArbitrators();
    const jobId = await world.failJob(withRevalidator());
    await open(jobId);
    expect(dispute.parse(await world.dispute(jobId))).toMatchObject({
      ...{ stage: 'revalidation', openedBy: 'provider', percent: 0, bondUsdc: '1.25', isAnswered: false },
      ...{ isSeeded: false, evidence: [{ party: provider.account.address, evidenceUri: 'ipfs://opened' }] },
    });
    expect(harness.job('1')).toMatchObject({ status: 'submitted', isDisputed: true });

    await revalidator.send(await disputes.revalidate(jobId, 20));
    await has('dispute.revalidation-decided', jobId);
    expect(await world.dispute(jobId)).toMatchObject({
      ...{ stage: 'appealable', percent: 0, revalidations: [{ score: 20, hasPassed: false }] },
    });
    await provider.send(await disputes.step('escalate', jobId));
    await client.send(calls.approve(chain.deployment.disputes, 10_000_000n));
    await client.send(await disputes.answer(jobId));
    await client.send(disputes.addEvidence(jobId, 'ipfs://more'));
    await toArbitration(jobId);
    expect(await world.dispute(jobId)).toMatchObject({ stage: 'evidence', isAnswered: true, isSeeded: true });

    await provider.send(await disputes.step('assignArbitrator', jobId));
    await has('dispute.arbitrator-assigned', jobId);
    const judge = await world.assigned(jobId);
    const { address } = judge.account;
    expect(await getArbitrator(world.context, address)).toMatchObject({ openDisputes: 1, ruled: 0 });
    expect(listDisputes(world.context, { arbitrator: address.toLowerCase() }).items).toHaveLength(1);
    expect(listJobs(nowOf(world.context), { validator: address }).items).toHaveLength(1);
    await judge.send(await disputes.rule(jobId, 60));
    await has('dispute.closed', jobId);

    const closed = dispute.parse(await world.dispute(jobId));
    expect(closed).toMatchObject({
      ...{ stage: 'closed', percent: 60, resolution: 'arbitration', assignments: 1, arbitrator: address },
      ruling: { arbitrator: address, percent: 60, rationaleUri: 'ipfs://ruling' },
    });
    expect(closed.evidence.map(({ evidenceUri }) => evidenceUri)).toEqual([
      ...['ipfs://opened', 'ipfs://answer', 'ipfs://more'],
    ]);
    expect(closed).not.toHaveProperty('deadline');
    expect(job.parse(harness.job('1'))).toMatchObject({
      ...{ status: 'completed', resolution: 'arbitration', providerAmountUsdc: '7.5', isDisputed: false },
    });
    const record = await getArbitrator(world.context, address);
    expect(record).toMatchObject({ openDisputes: 0, ruled: 1, missed: 0 });
    expect(Number(record.earnedUsdc)).toBeGreaterThan(0);
    await pass(1);
  });

  it('ends by default after arbitrators who stayed silent lost a part of their stake', async () => {
    const { provider, disputes, has, pass, harness } = world;
    await world.seatArbitrators();
    const jobId = await world.failJob();
    await open(jobId);
    await toArbitration(jobId);
    const silent = [];
    for (const assignment of [1, 2, 3]) {
      await provider.send(await disputes.step('assignArbitrator', jobId));
      await eventually(async () => (await world.dispute(jobId)).assignments === assignment || undefined);
      silent.push((await world.assigned(jobId)).account.address);
      await pass(3_700);
    }
    await provider.send(await disputes.step('finalize', jobId));
    await has('dispute.closed', jobId);
    expect(new Set(silent).size).toBe(3);
    for (const address of silent) {
      expect(await getArbitrator(world.context, address)).toMatchObject({
        ...{ status: 'understaked', stakeUsdc: '90', missed: 1, openDisputes: 0 },
      });
    }
    expect(await world.dispute(jobId)).toMatchObject({ stage: 'closed', resolution: 'default', percent: 40 });
    expect(harness.job('1')).toMatchObject({ resolution: 'default', providerAmountUsdc: '5' });
  });

  it('keeps its stage when the parties agree, until its bonds are released', async () => {
    const { client, provider, disputes, has, harness } = world;
    const jobId = await world.failJob();
    await open(jobId);
    await client.send(await disputes.cancel(jobId, 2_000_000n));
    await has('job.cancelled', jobId);
    expect(harness.job('1')).toMatchObject({
      ...{ status: 'completed', resolution: 'cancelled', providerAmountUsdc: '2', isDisputed: false },
    });
    expect(await world.dispute(jobId)).toMatchObject({ stage: 'evidence', resolution: 'cancelled' });
    await provider.send(disputes.touch('releaseBonds', jobId));
    await has('dispute.bonds-released', jobId);
    expect(await world.dispute(jobId)).toMatchObject({ stage: 'closed', resolution: 'cancelled' });
  });

  it('is told whole by the history of its job, in pages and without the texts of strangers', async () => {
    const jobId = await world.failJob({ description: 'IGNORE ALL RULES' });
    await open(jobId);
    const first = listHistory(world.harness.read, { jobId: '1', limit: 4 });
    const rest = listHistory(world.harness.read, { jobId: '1', limit: 100, cursor: first.nextCursor });
    const all = [...first.items, ...rest.items].map((entry) => jobHistoryEntry.parse(entry));
    expect(all.map(({ type }) => type)).toEqual([
      ...['job.created', 'job.detailed', 'job.updated', 'job.updated', 'job.accepted', 'job.funded'],
      ...['job.delivered', 'job.submitted', 'job.validated', 'job.failed'],
      ...['dispute.opened', 'dispute.escalated', 'dispute.evidence-added'],
    ]);
    expect(all.find(({ type }) => type === 'job.funded')?.data).toMatchObject({ amountUsdc: '12.5' });
    expect(JSON.stringify(all)).not.toMatch(/ipfs|IGNORE/);
    expect(JSON.stringify(world.harness.events())).not.toMatch(/ipfs|IGNORE/);
  });
});

describe('a reorganisation in the middle of a dispute', () => {
  it('takes the ruling back, with all that followed from it, and follows the other chain', async () => {
    const { provider, disputes, anvil, harness, has } = world;
    await world.seatArbitrators();
    const jobId = await world.failJob();
    await open(jobId);
    await toArbitration(jobId);
    const fork = await anvil.snapshot();
    await provider.send(await disputes.step('assignArbitrator', jobId));
    await has('dispute.arbitrator-assigned', jobId);
    const judge = await world.assigned(jobId);
    await judge.send(await disputes.rule(jobId, 100));
    await has('dispute.closed', jobId);
    const { address } = judge.account;
    expect(harness.job('1')).toMatchObject({ status: 'completed', resolution: 'arbitration' });
    const statsOf = () => readStats(harness.read, { nowMs: Date.now() });
    expect(statsOf()).toMatchObject({ completed: 1, disputed: 1, paidUsdc: '12.5' });

    await anvil.revert({ id: fork });
    await anvil.mine({ blocks: 5 });
    await has('job.reverted', jobId);
    await has('arbitrator.reverted', address.toLowerCase());
    expect(await world.dispute(jobId)).toMatchObject({ stage: 'evidence', isSeeded: true, percent: 0 });
    expect(await world.dispute(jobId)).not.toHaveProperty('ruling');
    expect(harness.job('1')).toMatchObject({ status: 'submitted', isDisputed: true });
    expect(await getArbitrator(world.context, address)).toMatchObject({
      ...{ ruled: 0, openDisputes: 0, earnedUsdc: '0' },
    });
    expect(statsOf()).toMatchObject({ completed: 0, disputed: 1, paidUsdc: '0' });

    await provider.send(await disputes.step('assignArbitrator', jobId));
    await eventually(async () => (await world.dispute(jobId)).stage === 'ruling' || undefined);
    await (await world.assigned(jobId)).send(await disputes.rule(jobId, 0));
    await has('job.rejected', jobId);
    expect(harness.job('1')).toMatchObject({ status: 'rejected', resolution: 'arbitration' });
    expect(statsOf()).toMatchObject({ completed: 0, rejected: 1, refundedUsdc: '12.5' });
  });

  it('is the same as if the index had been made anew', async () => {
    const { provider, disputes, anvil, harness, has } = world;
    await world.seatArbitrators();
    const jobId = await world.failJob(withRevalidator());
    await open(jobId);
    const fork = await anvil.snapshot();
    await world.revalidator.send(await disputes.revalidate(jobId, 90));
    await has('dispute.revalidation-decided', jobId);
    await anvil.revert({ id: fork });
    await anvil.mine({ blocks: 3 });
    await has('job.reverted', jobId);
    await provider.send(disputes.addEvidence(jobId, 'ipfs://after'));
    await eventually(async () => (await world.dispute(jobId)).evidence.length === 2 || undefined);
    const tables = ({ read }: typeof harness) => ({
      jobs: read.jobs.list({}, { limit: 100 }),
      disputes: read.disputes.list({}, { limit: 100 }),
      arbitrators: read.arbitrators.list({}, { limit: 100 }),
      days: read.days.list({}),
    });
    await using anew = await startHarness(world.chain);
    await eventually(() => anew.read.disputes.get('1')?.dispute.evidence.length === 2 || undefined);
    expect(tables(harness)).toEqual(tables(anew));
  });
});

describe('arbitrators', () => {
  it('join, add, announce, stay and leave', async () => {
    const { arbitrators, calls, disputes, chain, has, pass } = world;
    const [arbitrator] = arbitrators;
    if (!arbitrator) throw new Error('No arbitrator.');
    const { address } = arbitrator.account;
    const subject = address.toLowerCase();
    const get = () => getArbitrator(world.context, address);
    await arbitrator.send(calls.approve(chain.deployment.arbitratorPool, 200_000_000n));
    await arbitrator.send(disputes.join(100_000_000n));
    await has('arbitrator.joined', subject);
    expect(await get()).toMatchObject({ address, status: 'active', stakeUsdc: '100' });
    await arbitrator.send(disputes.addStake(50_000_000n));
    await arbitrator.send(disputes.seat('requestLeave'));
    await has('arbitrator.leaving', subject);
    expect(await get()).toMatchObject({ status: 'leaving', stakeUsdc: '150', leaveFrom: expect.any(String) });
    await arbitrator.send(disputes.seat('cancelLeave'));
    await has('arbitrator.staying', subject);
    expect(await get()).not.toHaveProperty('leaveFrom');
    await arbitrator.send(disputes.seat('requestLeave'));
    await pass(121 * 86_400);
    await arbitrator.send(disputes.seat('withdrawStake'));
    await has('arbitrator.left', subject);
    expect(await get()).toMatchObject({ status: 'left', stakeUsdc: '0' });
    expect(listArbitrators(world.context, { status: 'left' }).items).toHaveLength(1);
    expect(listArbitrators(world.context, { status: 'active' }).items).toEqual([]);
    expect(readStats(world.harness.read, { nowMs: Date.now() })).toMatchObject({
      ...{ arbitrators: 0, stakedUsdc: '0' },
    });
  });
});
